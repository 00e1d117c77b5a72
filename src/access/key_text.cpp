#include "access/key_text.hpp"

#include <openssl/rand.h>

#include <array>
#include <span>
#include <stdexcept>

namespace orderflow::access {
namespace {

constexpr std::string_view prefix = "ofk_";
constexpr std::size_t id_length = 16;

void append_hex(std::string& text, std::span<const unsigned char> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
}

}  // namespace

NewKeyText make_key_text() {
  std::array<unsigned char, 8 + 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("the operating system gives no random bytes for a key");
  }
  NewKeyText made;
  append_hex(made.id, std::span(bytes).first(8));
  made.text.append(prefix).append(made.id).append("_");
  append_hex(made.text, std::span(bytes).subspan(8));
  return made;
}

core::Sha256 hash_of(std::string_view key_text) {
  return core::sha256(key_text);
}

std::optional<std::uint64_t> id_number(std::string_view id) noexcept {
  if (id.size() != id_length) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : id) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return std::nullopt;
    number = number << 4 | static_cast<unsigned>(digit ? c - '0' : c - 'a' + 10);
  }
  return number;
}

std::optional<std::uint64_t> id_in_text(std::string_view key_text) noexcept {
  if (key_text.size() != key_text_length || !key_text.starts_with(prefix) ||
      key_text[prefix.size() + id_length] != '_') {
    return std::nullopt;
  }
  return id_number(key_text.substr(prefix.size(), id_length));
}

}  // namespace orderflow::access
