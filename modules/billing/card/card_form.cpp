#include "card/card_form.hpp"

namespace orderflow::billing {
namespace {

bool stands_for_itself(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '*';
}

void append_escaped(std::string& text, std::string_view plain) {
  constexpr char digits[] = "0123456789ABCDEF";
  for (const char c : plain) {
    if (stands_for_itself(c)) {
      text += c;
    } else if (c == ' ') {
      text += '+';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += '%';
      text += digits[byte >> 4];
      text += digits[byte & 0x0f];
    }
  }
}

}  // namespace

CardForm& CardForm::add(std::string_view name, std::string_view value) {
  if (!text_.empty()) text_ += '&';
  append_escaped(text_, name);
  text_ += '=';
  append_escaped(text_, value);
  return *this;
}

CardForm& CardForm::add(std::string_view name, std::int64_t value) {
  return add(name, std::string_view(std::to_string(value)));
}

}  // namespace orderflow::billing
