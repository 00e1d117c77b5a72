#include "cli/terminal/shown_text.hpp"

#include "core/readable_line.hpp"

#include <clocale>
#include <cwchar>

namespace orderflow::cli {
namespace {

/// The C library's table of widths, whatever the locale of the process. Where it is missing every
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

/// Marks of direction, joiners and the byte order mark take no column, and would change what is
/// around them.
bool is_hidden_mark(char32_t code) noexcept {
  return code == 0x00ad || code == 0x061c || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
         code == 0xfeff || (code >= 0xe0000 && code <= 0xe0fff);
}

std::string written(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const core::Utf8Character character = core::first_character(text);
    const bool is_line_end = character.valid && character.code == '\n';
    if ((keep_lines && is_line_end) ||
        (character.valid && core::is_readable(character.code) && !is_hidden_mark(character.code) &&
         width_of(character.code) >= 0)) {
      out += text.substr(0, character.bytes);
    } else {
      core::append_escaped(out, character, text.front());
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
    const core::Utf8Character character = core::first_character(text);
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
    const core::Utf8Character character = core::first_character(rest);
    const int width = character.valid ? width_of(character.code) : 1;
    const std::size_t wanted = width > 0 ? static_cast<std::size_t>(width) : 0;
    if (taken + wanted + 1 > columns) break;
    taken += wanted;
    rest.remove_prefix(character.bytes);
  }
  return std::string(text.substr(0, text.size() - rest.size())) + "…";
}

}  // namespace orderflow::cli
