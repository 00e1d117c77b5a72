#include "outbound/smtp_replies.hpp"

#include "core/readable_line.hpp"

#include <algorithm>
#include <charconv>

namespace orderflow::outbound {
namespace {

constexpr std::size_t text_max = 500;
constexpr std::size_t code_digits = 3;
constexpr int first_refusal = 400;

bool is_control(char c) noexcept {
  return (c >= 0 && c < ' ') || c == 0x7f;
}

}  // namespace

void SmtpReplies::add_line(std::string_view line) {
  while (!line.empty() && is_control(line.back()))
    line.remove_suffix(1);
  int code = 0;
  const char* const digits_end = line.data() + std::min(line.size(), code_digits);
  const auto [end, error] = std::from_chars(line.data(), digits_end, code);
  if (error != std::errc{} || end != line.data() + code_digits) return;

  if (!continues_) text_.assign(line.substr(0, code_digits));
  const std::string_view words = line.substr(std::min(line.size(), code_digits + 1));
  text_ += ' ';
  text_ += words.substr(0, text_max - std::min(text_max, text_.size()));
  continues_ = line.size() > code_digits && line[code_digits] == '-';
  if (!continues_) end_reply(code);
}

void SmtpReplies::end_reply(int code) {
  ++count_;
  if (code < first_refusal) return;
  refusal_code_ = code;
  refusal_number_ = count_;
  refusal_ = core::peer_text(text_, text_max);
}

}  // namespace orderflow::outbound
