#pragma once

#include <string>
#include <string_view>

namespace orderflow::outbound {

/// What a mail server has answered in one exchange (RFC 5321 §4.2), as far as it matters: its last
/// refusal, which is a reply with a code from 400 on.
class SmtpReplies {
 public:
  /// The next line, with or without its end: `250-first`, `250 last`.
  void add_line(std::string_view line);

  int refusal_code() const noexcept { return refusal_code_; }  ///< 0: none
  /// Code and text, several lines joined by blanks, as `core::peer_text` makes it: RFC 5321 §4.2
  /// wants ASCII, which not all servers keep to.
  const std::string& refusal() const noexcept { return refusal_; }
  /// True where the first reply of all was the refusal.
  bool refused_at_once() const noexcept { return refusal_number_ == 1; }

 private:
  void end_reply(int code);

  int count_ = 0;  ///< whole replies
  bool continues_ = false;
  std::string text_;  ///< of the reply that is being read
  int refusal_code_ = 0;
  int refusal_number_ = 0;
  std::string refusal_;
};

}  // namespace orderflow::outbound
