#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// The gateway's name for one of its objects, such as "pi_3MtwBwLkdIwHu7ix28a3tqPa": letters,
/// digits, '_' and '-', at most `length_max` of them. So it is itself wherever it is written: in
/// the path of a request, in a query, in a log line. There is no other way to get one than `parse`.
class CardId {
 public:
  static constexpr std::size_t length_max = 255;

  /// Nothing where the text is no such name.
  static std::optional<CardId> parse(std::string_view text);

  const std::string& text() const noexcept { return text_; }

  friend bool operator==(const CardId&, const CardId&) = default;

 private:
  explicit CardId(std::string_view text) : text_(text) {}

  std::string text_;
};

/// The path of an object, with what is to be done to it: "/v1/payment_intents/pi_1/cancel". Whoever
/// makes a path of a name has to have a checked one.
std::string path_of(std::string_view collection, const CardId& id, std::string_view action = {});

}  // namespace orderflow::billing
