#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::core {

/// A currency by its ISO 4217 alphabetic code: one in use, or one that was withdrawn since 2021.
/// What was ordered in a currency while it was in use is read, shown and paid back in it
/// permanently; a new order wants one that `is_active`.
class Currency {
 public:
  /// None: "XXX" of ISO 4217, which is not known.
  Currency() noexcept : entry_(&none) {}

  /// Upper-case three-letter code, in use or withdrawn; anything else gives nothing. For amounts
  /// that are there already: rows, events, answers of a gateway.
  static std::optional<Currency> parse(std::string_view code) noexcept;

  /// Any three capital letters, for what another node has written, whose list may be newer;
  /// anything else gives nothing. One that `parse` does not know is not `is_known`: its amounts are
  /// kept and passed on, and cannot be charged. From any thread.
  static std::optional<Currency> of_any_node(std::string_view code);

  /// The codes that `parse` knows, in alphabetic order.
  static std::vector<std::string_view> known_codes();
  /// Those of them that are in use, in alphabetic order.
  static std::vector<std::string_view> active_codes();

  std::string_view code() const noexcept { return entry_->code; }
  /// Digits after the decimal point of the major unit: 2 for EUR, 0 for JPY, 3 for KWD.
  /// Of one that is not known 0: its amounts are shown in the minor unit.
  int minor_digits() const noexcept { return is_known() ? entry_->minor_digits : 0; }
  /// `parse` knows it.
  bool is_known() const noexcept { return entry_->minor_digits != unknown_digits; }
  /// May be ordered in: ISO 4217 listed it as in use on 2026-01-01.
  bool is_active() const noexcept { return is_known() && entry_->withdrawn_in.empty(); }
  /// The month in which ISO 4217 withdrew it, such as "2026-01"; empty while it is in use.
  std::string_view withdrawn_in() const noexcept { return entry_->withdrawn_in; }

  friend bool operator==(const Currency& a, const Currency& b) noexcept {
    return a.entry_ == b.entry_;
  }

 private:
  static constexpr int unknown_digits = -1;

  struct Entry {
    std::string_view code = {};
    int minor_digits = unknown_digits;
    std::string_view withdrawn_in = {};
  };
  struct Table;
  static const Entry none;

  explicit Currency(const Entry& entry) noexcept : entry_(&entry) {}

  const Entry* entry_;  // lives as long as the process
};

/// An amount in the minor unit of its currency: 1999 EUR is 19.99 euro.
struct Money {
  std::int64_t amount = 0;
  Currency currency = {};

  /// For people: `19.99 EUR`.
  std::string to_string() const;
  /// As it is kept and sent: `1999 EUR`.
  std::string in_minor_unit() const;

  friend bool operator==(const Money&, const Money&) = default;
};

/// The largest amount that may be asked for, in a price, a total or a refund: 2^53 - 1, the last
/// whole number that every reader of JSON holds exactly (RFC 8259, section 6). What came in before
/// there was a limit, or from elsewhere, may be larger: whoever adds up keeps it in range.
inline constexpr std::int64_t amount_max = (std::int64_t{1} << 53) - 1;

/// A sum of amounts that is exact whatever is added to it and taken from it, in any order: 2^63
/// amounts of 2^63 fit. Kept in a table as two numbers, and shown as one.
class AmountSum {
 public:
  /// The sum as two columns hold it: `quintillions` times 10^18, and `rest`. A sum that fits 64
  /// bits has no quintillions.
  struct Parts {
    std::int64_t quintillions = 0;
    std::int64_t rest = 0;

    friend bool operator==(const Parts&, const Parts&) = default;
  };

  AmountSum() noexcept = default;
  explicit AmountSum(const Parts& parts) noexcept;

  void add(std::int64_t amount) noexcept { sum_ += amount; }
  void subtract(std::int64_t amount) noexcept { sum_ -= amount; }

  Parts parts() const noexcept;
  /// The sum, or what 64 bits hold that is next to it.
  std::int64_t saturated() const noexcept;
  /// All its digits, for people.
  std::string to_string() const;

  friend bool operator==(const AmountSum&, const AmountSum&) = default;
  friend bool operator==(const AmountSum& sum, std::int64_t amount) noexcept {
    return sum.sum_ == amount;
  }
  friend bool operator>(const AmountSum& sum, std::int64_t amount) noexcept {
    return sum.sum_ > amount;
  }

 private:
  __extension__ using Wide = __int128;
  Wide sum_ = 0;
};

/// The sum or product, or nothing where it would not fit.
std::optional<std::int64_t> checked_add(std::int64_t a, std::int64_t b) noexcept;
std::optional<std::int64_t> checked_multiply(std::int64_t a, std::int64_t b) noexcept;

}  // namespace orderflow::core
