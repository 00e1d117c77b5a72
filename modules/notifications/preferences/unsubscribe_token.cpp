#include "preferences/unsubscribe_token.hpp"

#include "core/base64.hpp"
#include "core/digest.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cstddef>

namespace orderflow::notifications {
namespace {

constexpr std::size_t code_size = std::tuple_size_v<core::Sha256>;
constexpr std::size_t token_size_max = 512;

/// RFC 4648 §5, without padding.
std::string url_text(std::string_view bytes) {
  std::string text = core::base64(bytes);
  text.erase(std::min(text.find('='), text.size()));
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::optional<std::string> bytes_of(std::string_view text) {
  std::string padded(text);
  if (padded.find_first_of("+/=") != std::string::npos) return std::nullopt;
  std::ranges::replace(padded, '-', '+');
  std::ranges::replace(padded, '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  return core::base64_decoded(padded);
}

std::string code_of(std::string_view payload, std::string_view key) {
  // The purpose is part of it, so that no other use of the key makes a token.
  const core::Sha256 code = core::hmac_sha256(key, "unsubscribe\n" + std::string(payload));
  return {code.begin(), code.end()};
}

}  // namespace

std::string unsubscribe_token(const Unsubscription& unsubscription, std::string_view key) {
  const std::string payload =
      std::string(to_string(unsubscription.kind)) + '\n' + unsubscription.user_id;
  return url_text(code_of(payload, key) + payload);
}

std::optional<Unsubscription> read_unsubscribe_token(std::string_view token, std::string_view key) {
  if (token.size() > token_size_max) return std::nullopt;
  const auto bytes = bytes_of(token);
  if (!bytes || bytes->size() < code_size) return std::nullopt;
  const std::string_view payload = std::string_view(*bytes).substr(code_size);
  if (!core::equal_in_constant_time(code_of(payload, key),
                                    std::string_view(*bytes).substr(0, code_size))) {
    return std::nullopt;
  }
  const std::size_t line = payload.find('\n');
  if (line == std::string_view::npos) return std::nullopt;
  const auto kind = parse_kind(payload.substr(0, line));
  if (!kind) return std::nullopt;
  return Unsubscription{.user_id = std::string(payload.substr(line + 1)), .kind = *kind};
}

}  // namespace orderflow::notifications
