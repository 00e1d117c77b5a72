#include "wait_preference.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace orderflow::orders {
namespace {

bool is_token_character(char c) noexcept {
  constexpr std::string_view symbols = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         symbols.find(c) != std::string_view::npos;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) noexcept {
  return std::ranges::equal(text, lower, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

/// Reads `preference *( OWS ";" [ OWS parameter ] )`, separated by commas (RFC 7240 §2).
class PreferenceReader {
 public:
  explicit PreferenceReader(std::string_view text) noexcept : rest_(text) {}

  /// The value of the next preference that is `name`; nothing at the end. A member that is not
  /// well formed is left out.
  std::optional<std::string> next(std::string_view name) {
    while (!rest_.empty()) {
      skip_space();
      const auto token = take_token();
      std::string value;
      bool sound = !token.empty() && take_value(value);
      while (sound && take(';')) {
        skip_space();
        std::string ignored;
        if (!take_token().empty()) sound = take_value(ignored);
        skip_space();
      }
      sound = sound && (rest_.empty() || rest_.front() == ',');
      skip_member();
      if (sound && equals_ignoring_case(token, name)) return value;
    }
    return std::nullopt;
  }

 private:
  void skip_space() noexcept {
    const std::size_t size = rest_.find_first_not_of(" \t");
    rest_.remove_prefix(std::min(size, rest_.size()));
  }

  bool take(char wanted) noexcept {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view take_token() noexcept {
    const auto end = std::ranges::find_if_not(rest_, is_token_character);
    const auto token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(token.size());
    return token;
  }

  /// `[ BWS "=" BWS word ]` and the space behind; false where the word is not one.
  bool take_value(std::string& value) {
    skip_space();
    if (!take('=')) return true;
    skip_space();
    bool sound = true;
    if (!rest_.empty() && rest_.front() == '"') {
      sound = take_quoted(value);
    } else {
      value = take_token();
      sound = !value.empty();
    }
    skip_space();
    return sound;
  }

  bool take_quoted(std::string& value) {
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return true;
      if (c == '\\') {
        if (rest_.empty()) return false;
        c = rest_.front();
        rest_.remove_prefix(1);
      }
      value += c;
    }
    return false;
  }

  /// To the next member, over commas within quotes.
  void skip_member() {
    std::string ignored;
    while (!rest_.empty() && !take(',')) {
      if (rest_.front() == '"') {
        take_quoted(ignored);
      } else {
        rest_.remove_prefix(1);
      }
    }
  }

  std::string_view rest_;
};

/// delta-seconds (RFC 9111 §1.2.2): one too large to be held is the largest.
std::optional<std::uint64_t> delta_seconds(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  return error == std::errc{} ? number : UINT64_MAX;
}

}  // namespace

std::optional<std::chrono::seconds> wait_preference(const http::Request& request,
                                                    std::chrono::seconds limit) {
  for (const auto& [name, text] : request.headers) {
    if (name != "prefer") continue;
    PreferenceReader reader(text);
    const auto value = reader.next("wait");
    if (!value) continue;
    const auto seconds = delta_seconds(*value);
    if (!seconds || *seconds == 0) return std::nullopt;
    const auto most = static_cast<std::uint64_t>(limit.count());
    return std::chrono::seconds(static_cast<std::int64_t>(std::min(*seconds, most)));
  }
  return std::nullopt;
}

}  // namespace orderflow::orders
