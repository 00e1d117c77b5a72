#include "idempotency_key.hpp"

#include "core/trace_context.hpp"

#include <algorithm>

namespace orderflow::orders {
namespace {

constexpr std::size_t key_length_max = 255;

core::FieldErrors bad_key(std::string detail) {
  return {{"Idempotency-Key", std::move(detail)}};
}

}  // namespace

std::string client_of(const http::Request&) {
  return "local";
}

boost::system::result<std::optional<IdempotencyKey>, core::FieldErrors> idempotency_key_of(
    const http::Request& request) {
  const auto is_key = [](const auto& field) { return field.first == "idempotency-key"; };
  const auto first = std::ranges::find_if(request.headers, is_key);
  if (first == request.headers.end()) return std::optional<IdempotencyKey>();
  if (std::find_if(std::next(first), request.headers.end(), is_key) != request.headers.end()) {
    return bad_key("is given twice");
  }
  if (!core::is_visible_ascii(first->second, key_length_max)) {
    return bad_key("must be 1 to 255 visible ASCII characters, without spaces");
  }
  return std::optional<IdempotencyKey>({.client = client_of(request),
                                        .key = first->second,
                                        .fingerprint = core::sha256(request.body)});
}

}  // namespace orderflow::orders
