#include "telemetry/masking.hpp"

#include "core/readable_line.hpp"
#include "core/secret_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace orderflow::telemetry {
namespace {

constexpr std::string_view mask = "***";

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_alphanumeric(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// RFC 5322's atext and bytes of UTF-8 (RFC 6531), without what our lines have before a value.
bool is_of_local_part(char c) noexcept {
  return is_alphanumeric(c) ||
         std::string_view(".!#$%&*+?^_`{|}~-").find(c) != std::string_view::npos ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Masks the local part that `out` ends in, now that the `@` behind it has come. What a URI has
/// before its host is a login, not an address.
void mask_local_part(std::string& out) {
  std::size_t begin = out.size();
  while (begin > 0 && is_of_local_part(out[begin - 1]))
    --begin;
  const std::string_view local = std::string_view(out).substr(begin);
  if (local.empty() || local == mask || std::string_view(out).substr(0, begin).ends_with("://"))
    return;
  const std::size_t kept = core::first_character(local).bytes;
  out.resize(begin + kept);
  out += mask;
}

/// The prefixes of a payment gateway's tokens and keys, and of signing secrets.
constexpr std::array<std::string_view, 10> token_beginnings = {
    "pm_",      "tok_",     "card_",    "src_",   "sk_live_",
    "sk_test_", "rk_live_", "rk_test_", "whsec_", "whsk_"};

/// The length of the token that `text` begins with, and of the prefix that names its kind.
struct Token {
  std::size_t kind = 0;
  std::size_t length = 0;
};

Token token_at(std::string_view text) noexcept {
  for (const std::string_view beginning : token_beginnings) {
    if (!text.starts_with(beginning)) continue;
    const auto end = std::find_if_not(
        text.begin() + static_cast<std::ptrdiff_t>(beginning.size()), text.end(), [](char c) {
          return is_alphanumeric(c) || c == '_' || c == '+' || c == '/' || c == '=' || c == '-';
        });
    const auto length = static_cast<std::size_t>(end - text.begin());
    constexpr std::size_t secret_min = 6;
    if (length >= beginning.size() + secret_min) return {beginning.size(), length};
  }
  return {};
}

/// ISO/IEC 7812-1, annex B.
bool passes_luhn(std::string_view digits) noexcept {
  unsigned sum = 0;
  bool doubles = false;
  for (std::size_t index = digits.size(); index > 0; --index) {
    unsigned value = static_cast<unsigned>(digits[index - 1] - '0') * (doubles ? 2 : 1);
    if (value > 9) value -= 9;
    sum += value;
    doubles = !doubles;
  }
  return sum % 10 == 0;
}

/// The length of the card number that `text` begins with, blanks and hyphens between its groups
/// included; 0: of none.
std::size_t card_number_length(std::string_view text) {
  constexpr std::size_t digits_min = 13;
  constexpr std::size_t digits_max = 19;
  if (text.empty() || text.front() < '2' || text.front() > '6') return 0;
  std::string digits;
  std::size_t end = 0;
  for (std::size_t i = 0; i < text.size() && digits.size() <= digits_max; ++i) {
    if (is_digit(text[i])) {
      digits += text[i];
      end = i + 1;
    } else if ((text[i] != ' ' && text[i] != '-') || i != end) {
      break;
    }
  }
  const bool goes_on = end < text.size() && is_alphanumeric(text[end]);
  const bool fits = digits.size() >= digits_min && digits.size() <= digits_max;
  return fits && !goes_on && passes_luhn(digits) ? end : 0;
}

bool may_need_masking(std::string_view text) noexcept {
  std::size_t digits = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_digit(c) ? ++digits >= 13
                    : c == '@' || c == '_' || c == '%' || byte < 0x20 || byte >= 0x7f)
      return true;
  }
  return false;
}

/// Appends the first character of `text`, or what stands for it, and returns its length. Line ends
/// and the like are blanks; what controls terminals or changes the order of reading is written out.
std::size_t append_readable(std::string& out, std::string_view text) {
  const core::Utf8Character character = core::first_character(text);
  if (!character.valid) {
    out += "\xef\xbf\xbd";
  } else if (core::is_readable(character.code)) {
    out += text.substr(0, character.bytes);
  } else if (character.code < 0x80) {
    out += ' ';
  } else {
    core::append_escaped(out, character, text.front());
  }
  return character.bytes;
}

}  // namespace

std::string masked(std::string_view text) {
  if (!may_need_masking(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const bool begins_word = out.empty() || !is_alphanumeric(out.back());
    const Token token = begins_word ? token_at(text) : Token{};
    const bool may_be_number = begins_word && token.length == 0 && !out.ends_with('-');
    const std::size_t number = may_be_number ? card_number_length(text) : 0;
    std::size_t taken = 1;
    if (const std::size_t key = core::api_key_length(text); key > 0) {
      out.append(core::masked_api_key);
      taken = key;
    } else if (token.length > 0) {
      out.append(text.substr(0, token.kind)).append(mask);
      taken = token.length;
    } else if (number > 0) {
      out.append(mask).append(text.substr(number - 4, 4));
      taken = number;
    } else if (text.front() == '@' || text.starts_with("%40")) {
      taken = text.front() == '@' ? 1 : 3;
      mask_local_part(out);
      out.append(text.substr(0, taken));
    } else {
      taken = append_readable(out, text);
    }
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace orderflow::telemetry
