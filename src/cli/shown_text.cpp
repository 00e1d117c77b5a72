#include "cli/shown_text.hpp"

#include <clocale>
#include <cstdint>
#include <cstdio>
#include <cwchar>

namespace orderflow::cli {
namespace {

/// The C library's table of widths, whatever the locale of the process. Where it is not there every
/// character counts as one column.
class Widths {
 public:
  Widths() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
  ~Widths() {
    if (locale_ != nullptr) ::freelocale(locale_);
  }
  Widths(const Widths&) = delete;
  Widths& operator=(const Widths&) = delete;

  /// -1 for what cannot be shown.
  int of(char32_t character) const {
    if (locale_ == nullptr) return character < 0x20 || character == 0x7f ? -1 : 1;
    const locale_t before = ::uselocale(locale_);
    const int width = ::wcwidth(static_cast<wchar_t>(character));
    ::uselocale(before);
    return width;
  }

 private:
  locale_t locale_;
};

int width_of(char32_t character) {
  static const Widths widths;
  return character >= 0x20 && character < 0x7f ? 1 : widths.of(character);
}

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

/// The first character of a text that is not empty (RFC 3629: neither overlong nor a surrogate).
Character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {.code = lead, .bytes = 1, .valid = true};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
  char32_t code = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {};
    code = (code << 6) | (byte(i) & 0x3fU);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < least[length] || code > 0x10ffff || surrogate) return {};
  return {.code = code, .bytes = length, .valid = true};
}

/// Marks of direction, line and paragraph separators and the byte order mark take no column, and
/// would change what is around them.
bool is_hidden_mark(char32_t code) noexcept {
  return code == 0x00ad || code == 0x061c || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
         code == 0xfeff || (code >= 0xe0000 && code <= 0xe0fff);
}

void append_written_out(std::string& out, const Character& character, char byte) {
  char text[16];
  if (!character.valid || character.code < 0x100) {
    const auto value = static_cast<unsigned>(static_cast<unsigned char>(byte));
    const unsigned code = character.valid ? static_cast<unsigned>(character.code) : value;
    if (character.valid && code == '\n') {
      out += "\\n";
      return;
    }
    if (character.valid && code == '\t') {
      out += "\\t";
      return;
    }
    std::snprintf(text, sizeof text, "\\x%02x", code);
  } else {
    std::snprintf(text, sizeof text, "\\u%04x", static_cast<unsigned>(character.code));
  }
  out += text;
}

std::string written(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_of(text);
    const bool is_line_end = character.valid && character.code == '\n';
    if ((keep_lines && is_line_end) || (character.valid && !is_hidden_mark(character.code) &&
                                        width_of(character.code) >= 0 && character.code >= 0x20)) {
      out += text.substr(0, character.bytes);
    } else {
      append_written_out(out, character, text.front());
    }
    text.remove_prefix(character.bytes);
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  return written(text, false);
}

std::string printable_lines(std::string_view text) {
  return written(text, true);
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = first_of(text);
    const int width = character.valid ? width_of(character.code) : 1;
    columns += width > 0 ? static_cast<std::size_t>(width) : 0;
    text.remove_prefix(character.bytes);
  }
  return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  std::string_view rest = text;
  std::size_t taken = 0;
  while (!rest.empty()) {
    const Character character = first_of(rest);
    const int width = character.valid ? width_of(character.code) : 1;
    const std::size_t wanted = width > 0 ? static_cast<std::size_t>(width) : 0;
    if (taken + wanted + 1 > columns) break;
    taken += wanted;
    rest.remove_prefix(character.bytes);
  }
  return std::string(text.substr(0, text.size() - rest.size())) + "…";
}

}  // namespace orderflow::cli
