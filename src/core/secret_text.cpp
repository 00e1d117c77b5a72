#include "core/secret_text.hpp"

#include <algorithm>

namespace orderflow::core {
namespace {

constexpr std::string_view key_beginning = "ofk_";
/// So much more than the beginning: what is shorter is somebody's word for keys.
constexpr std::size_t secret_min = 6;
constexpr std::string_view secret_mask = "********";

bool is_of_key(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '-';
}

}  // namespace

std::size_t api_key_length(std::string_view text) noexcept {
  if (!text.starts_with(key_beginning)) return 0;
  const auto end = std::find_if_not(text.begin(), text.end(), is_of_key);
  const auto length = static_cast<std::size_t>(end - text.begin());
  return length >= key_beginning.size() + secret_min ? length : 0;
}

std::string with_keys_masked(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t found = std::min(text.find(key_beginning), text.size());
    out.append(text.substr(0, found));
    text.remove_prefix(found);
    if (text.empty()) return out;
    const std::size_t length = api_key_length(text);
    out.append(length > 0 ? masked_api_key : key_beginning);
    text.remove_prefix(length > 0 ? length : key_beginning.size());
  }
}

std::string with_secrets_masked(std::string_view url) {
  const std::size_t at = url.rfind('@');
  if (at == std::string_view::npos) return with_keys_masked(url);
  const std::size_t slashes = url.find("//");
  const bool is_after_scheme = slashes < at;
  // Without a scheme only what has a password looks like a login; an address of mail does not.
  if (!is_after_scheme && url.find(':') > at) return with_keys_masked(url);
  const std::size_t begin = is_after_scheme ? slashes + 2 : 0;
  const std::size_t colon = url.find(':', begin);
  const std::size_t secret = colon < at ? colon + 1 : begin;
  return with_keys_masked(url.substr(0, secret)).append(secret_mask) +
         with_keys_masked(url.substr(at));
}

}  // namespace orderflow::core
