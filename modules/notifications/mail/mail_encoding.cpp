#include "mail/mail_encoding.hpp"

#include "core/base64.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace orderflow::notifications {
namespace {

constexpr std::size_t line_length_max = 76;
constexpr std::string_view word_begin = "=?UTF-8?B?";
constexpr std::string_view word_end = "?=";

bool is_printable_ascii(char c) noexcept {
  return c >= ' ' && c < 0x7f;
}

/// The length of the longest start of `text` within `longest` bytes that splits no character.
std::size_t whole_characters(std::string_view text, std::size_t longest) noexcept {
  if (text.size() <= longest) return text.size();
  std::size_t length = longest;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
    --length;
  return length > 0 ? length : longest;
}

std::string encoded_words(std::string_view text, std::size_t name_length) {
  std::string result;
  // Before the first word stands "Name: ", before the others the blank of the folding.
  std::size_t used = name_length + 2;
  while (!text.empty()) {
    const std::size_t room = line_length_max - used - word_begin.size() - word_end.size();
    const std::size_t length = whole_characters(text, room / 4 * 3);
    if (!result.empty()) result += "\r\n ";
    result.append(word_begin).append(core::base64(text.substr(0, length))).append(word_end);
    text.remove_prefix(length);
    used = 1;
  }
  return result;
}

bool must_be_encoded(std::string_view text, std::size_t name_length) noexcept {
  return !std::ranges::all_of(text, is_printable_ascii) || text.starts_with(' ') ||
         text.ends_with(' ') || text.find("=?") != std::string_view::npos ||
         name_length + 2 + text.size() > line_length_max;
}

/// Appends bytes to a quoted-printable body and breaks its lines.
class QuotedPrintableWriter {
 public:
  explicit QuotedPrintableWriter(std::size_t expected) { result_.reserve(expected); }

  void literal(char c) {
    make_room(1);
    result_ += c;
    ++column_;
  }
  void encoded(char c) {
    constexpr char digits[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    make_room(3);
    result_ += '=';
    result_ += digits[byte >> 4];
    result_ += digits[byte & 0x0f];
    column_ += 3;
  }
  void end_line() {
    result_ += "\r\n";
    column_ = 0;
  }
  bool at_line_start() const noexcept { return column_ == 0; }
  std::string take() { return std::move(result_); }

 private:
  void make_room(std::size_t length) {
    if (column_ + length < line_length_max) return;
    result_ += "=\r\n";
    column_ = 0;
  }

  std::string result_;
  std::size_t column_ = 0;
};

}  // namespace

std::string quoted_printable(std::string_view text) {
  QuotedPrintableWriter writer(text.size() + text.size() / 8 + 16);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\n';
    if (c == '\r' && i + 1 < text.size() && next == '\n') continue;
    const bool ends_line = next == '\n' || next == '\r';
    if (c == '\n') {
      writer.end_line();
    } else if (c == ' ' || c == '\t') {
      // A blank at the end of a line may be lost on the way.
      ends_line ? writer.encoded(c) : writer.literal(c);
    } else if (!is_printable_ascii(c) || c == '=') {
      writer.encoded(c);
    } else {
      writer.literal(c);
    }
  }
  if (!writer.at_line_start()) writer.end_line();
  return writer.take();
}

std::string header_text(std::string_view text, std::size_t name_length) {
  if (must_be_encoded(text, name_length)) return encoded_words(text, name_length);
  return std::string(text);
}

std::string header_phrase(std::string_view text, std::size_t name_length) {
  if (must_be_encoded(text, name_length)) return encoded_words(text, name_length);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace orderflow::notifications
