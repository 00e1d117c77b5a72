#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// A body of `application/x-www-form-urlencoded`, or a query. Every byte but letters, digits and
/// `-._*` is escaped, a space as `+` (WHATWG URL, "application/x-www-form-urlencoded serializing").
class CardForm {
 public:
  CardForm& add(std::string_view name, std::string_view value);
  CardForm& add(std::string_view name, std::int64_t value);

  const std::string& text() const noexcept { return text_; }

 private:
  std::string text_;
};

}  // namespace orderflow::billing
