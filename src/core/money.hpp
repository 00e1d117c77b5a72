#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::core {

/// A currency by its ISO 4217 alphabetic code. Only codes of the current list can be held.
class Currency {
 public:
  /// Upper-case three-letter code of a currency in use; anything else gives nothing.
  static std::optional<Currency> parse(std::string_view code) noexcept;

  /// The codes of all currencies that can be held, in alphabetic order.
  static std::vector<std::string_view> all_codes();

  std::string_view code() const noexcept { return code_; }
  /// Digits after the decimal point of the major unit: 2 for EUR, 0 for JPY, 3 for KWD.
  int minor_digits() const noexcept { return minor_digits_; }

  friend bool operator==(const Currency& a, const Currency& b) noexcept {
    return a.code_ == b.code_;
  }

 private:
  Currency(std::string_view code, int minor_digits) : code_(code), minor_digits_(minor_digits) {}

  std::string_view code_;  // points into the static table
  int minor_digits_;
};

/// An amount in the minor unit of its currency: 1999 EUR is 19.99 euro.
struct Money {
  std::int64_t amount;
  Currency currency;

  /// For people: `19.99 EUR`.
  std::string to_string() const;

  friend bool operator==(const Money&, const Money&) = default;
};

/// The sum or product, or nothing where it would not fit.
std::optional<std::int64_t> checked_add(std::int64_t a, std::int64_t b) noexcept;
std::optional<std::int64_t> checked_multiply(std::int64_t a, std::int64_t b) noexcept;

}  // namespace orderflow::core
