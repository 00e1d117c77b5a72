#include "host/idempotency_key.hpp"

#include "core/trace_context.hpp"
#include "http/message/problem.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::host {
namespace {

constexpr std::size_t key_length_max = 255;

core::FieldErrors bad_key(std::string detail) {
  return {{"Idempotency-Key", std::move(detail)}};
}

}  // namespace

std::string client_of(const http::Request& request) {
  return std::string(request.holder());
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

http::Response invalid_idempotency_key(const http::Request& request, core::FieldErrors errors) {
  const std::string detail = "The header Idempotency-Key " + errors.front().detail + ".";
  const http::Problem problem{400, "invalid-idempotency-key", "The idempotency key is not valid",
                              detail, std::move(errors)};
  return http::problem_response(request, problem);
}

http::Response idempotency_key_reused(const http::Request& request, std::string_view what) {
  const http::Problem problem{422, "idempotency-key-reused", "The idempotency key was used before",
                              "The Idempotency-Key came with another body before. A new " +
                                  std::string(what) + " needs a key of its own."};
  return http::problem_response(request, problem);
}

void mark_replayed(http::Response& response) {
  response.headers.emplace_back("Idempotent-Replayed", "true");
}

}  // namespace orderflow::host
