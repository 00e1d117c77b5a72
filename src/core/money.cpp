#include "core/money.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <mutex>

namespace orderflow::core {
namespace {

template <class Entries>
constexpr auto* find_in(const Entries& entries, std::string_view code) noexcept {
  const auto found = std::lower_bound(
      entries.begin(), entries.end(), code,
      [](const auto& entry, std::string_view wanted) { return entry.code < wanted; });
  return found != entries.end() && found->code == code ? &*found : nullptr;
}

template <class Entries>
void add_codes(std::vector<std::string_view>& codes, const Entries& entries) {
  for (const auto& entry : entries)
    codes.push_back(entry.code);
}

}  // namespace

/// ISO 4217 as it stood on 2026-01-01. Both sorted by code.
struct Currency::Table {
  /// Every code of list one that has a minor unit: no metals, drawing rights or test codes.
  static constexpr std::array active = std::to_array<Entry>({
      {"AED", 2}, {"AFN", 2}, {"ALL", 2}, {"AMD", 2}, {"AOA", 2}, {"ARS", 2}, {"AUD", 2},
      {"AWG", 2}, {"AZN", 2}, {"BAM", 2}, {"BBD", 2}, {"BDT", 2}, {"BHD", 3}, {"BIF", 0},
      {"BMD", 2}, {"BND", 2}, {"BOB", 2}, {"BOV", 2}, {"BRL", 2}, {"BSD", 2}, {"BTN", 2},
      {"BWP", 2}, {"BYN", 2}, {"BZD", 2}, {"CAD", 2}, {"CDF", 2}, {"CHE", 2}, {"CHF", 2},
      {"CHW", 2}, {"CLF", 4}, {"CLP", 0}, {"CNY", 2}, {"COP", 2}, {"COU", 2}, {"CRC", 2},
      {"CUP", 2}, {"CVE", 2}, {"CZK", 2}, {"DJF", 0}, {"DKK", 2}, {"DOP", 2}, {"DZD", 2},
      {"EGP", 2}, {"ERN", 2}, {"ETB", 2}, {"EUR", 2}, {"FJD", 2}, {"FKP", 2}, {"GBP", 2},
      {"GEL", 2}, {"GHS", 2}, {"GIP", 2}, {"GMD", 2}, {"GNF", 0}, {"GTQ", 2}, {"GYD", 2},
      {"HKD", 2}, {"HNL", 2}, {"HTG", 2}, {"HUF", 2}, {"IDR", 2}, {"ILS", 2}, {"INR", 2},
      {"IQD", 3}, {"IRR", 2}, {"ISK", 0}, {"JMD", 2}, {"JOD", 3}, {"JPY", 0}, {"KES", 2},
      {"KGS", 2}, {"KHR", 2}, {"KMF", 0}, {"KPW", 2}, {"KRW", 0}, {"KWD", 3}, {"KYD", 2},
      {"KZT", 2}, {"LAK", 2}, {"LBP", 2}, {"LKR", 2}, {"LRD", 2}, {"LSL", 2}, {"LYD", 3},
      {"MAD", 2}, {"MDL", 2}, {"MGA", 2}, {"MKD", 2}, {"MMK", 2}, {"MNT", 2}, {"MOP", 2},
      {"MRU", 2}, {"MUR", 2}, {"MVR", 2}, {"MWK", 2}, {"MXN", 2}, {"MXV", 2}, {"MYR", 2},
      {"MZN", 2}, {"NAD", 2}, {"NGN", 2}, {"NIO", 2}, {"NOK", 2}, {"NPR", 2}, {"NZD", 2},
      {"OMR", 3}, {"PAB", 2}, {"PEN", 2}, {"PGK", 2}, {"PHP", 2}, {"PKR", 2}, {"PLN", 2},
      {"PYG", 0}, {"QAR", 2}, {"RON", 2}, {"RSD", 2}, {"RUB", 2}, {"RWF", 0}, {"SAR", 2},
      {"SBD", 2}, {"SCR", 2}, {"SDG", 2}, {"SEK", 2}, {"SGD", 2}, {"SHP", 2}, {"SLE", 2},
      {"SOS", 2}, {"SRD", 2}, {"SSP", 2}, {"STN", 2}, {"SVC", 2}, {"SYP", 2}, {"SZL", 2},
      {"THB", 2}, {"TJS", 2}, {"TMT", 2}, {"TND", 3}, {"TOP", 2}, {"TRY", 2}, {"TTD", 2},
      {"TWD", 2}, {"TZS", 2}, {"UAH", 2}, {"UGX", 0}, {"USD", 2}, {"USN", 2}, {"UYI", 0},
      {"UYU", 2}, {"UYW", 4}, {"UZS", 2}, {"VED", 2}, {"VES", 2}, {"VND", 0}, {"VUV", 0},
      {"WST", 2}, {"XAD", 2}, {"XAF", 0}, {"XCD", 2}, {"XCG", 2}, {"XOF", 0}, {"XPF", 0},
      {"YER", 2}, {"ZAR", 2}, {"ZMW", 2}, {"ZWG", 2},
  });

  /// What went since 2021, with its month in list three. Nothing is ever removed: an amount in a
  /// code that was taken once stays readable for as long as there are books.
  static constexpr std::array withdrawn = std::to_array<Entry>({
      {"ANG", 2, "2025-07"},
      {"BGN", 2, "2026-01"},
      {"CUC", 2, "2021-06"},
      {"HRK", 2, "2023-01"},
      {"SLL", 2, "2023-12"},
      {"ZWL", 2, "2024-09"},
  });

  static_assert(std::ranges::is_sorted(active, {}, &Entry::code));
  static_assert(std::ranges::is_sorted(withdrawn, {}, &Entry::code));
};

const Currency::Entry Currency::none{.code = "XXX"};

std::optional<Currency> Currency::parse(std::string_view code) noexcept {
  if (const auto* active = find_in(Table::active, code)) return Currency{*active};
  if (const auto* withdrawn = find_in(Table::withdrawn, code)) return Currency{*withdrawn};
  return std::nullopt;
}

std::optional<Currency> Currency::of_any_node(std::string_view code) {
  if (const auto known = parse(code)) return known;
  if (code == none.code) return Currency{};
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (code.size() != 3 || !std::ranges::all_of(code, is_capital)) return std::nullopt;
  // There are no more of them than words of three letters. Both stay where they are.
  static std::mutex mutex;
  static std::map<std::string, Entry, std::less<>> unknown;
  const std::lock_guard lock(mutex);
  const auto [entry, is_new] = unknown.try_emplace(std::string(code));
  if (is_new) entry->second = {.code = entry->first, .minor_digits = unknown_digits};
  return Currency{entry->second};
}

std::vector<std::string_view> Currency::active_codes() {
  std::vector<std::string_view> codes;
  add_codes(codes, Table::active);
  return codes;
}

std::vector<std::string_view> Currency::known_codes() {
  std::vector<std::string_view> codes = active_codes();
  add_codes(codes, Table::withdrawn);
  std::ranges::sort(codes);
  return codes;
}

std::string Money::in_minor_unit() const {
  return std::to_string(amount) + ' ' + std::string(currency.code());
}

std::string Money::to_string() const {
  const auto magnitude = amount < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(amount)
                                    : static_cast<std::uint64_t>(amount);
  std::string digits = std::to_string(magnitude);
  const auto fraction = static_cast<std::size_t>(currency.minor_digits());
  if (fraction > 0) {
    if (digits.size() <= fraction) digits.insert(0, fraction + 1 - digits.size(), '0');
    digits.insert(digits.size() - fraction, 1, '.');
  }
  if (amount < 0) digits.insert(0, 1, '-');
  return digits + ' ' + std::string(currency.code());
}

namespace {

constexpr std::int64_t quintillion = 1'000'000'000'000'000'000;

}  // namespace

AmountSum::AmountSum(const Parts& parts) noexcept
    : sum_(static_cast<Wide>(parts.quintillions) * quintillion + parts.rest) {}

AmountSum::Parts AmountSum::parts() const noexcept {
  if (saturated() == sum_) return {.quintillions = 0, .rest = static_cast<std::int64_t>(sum_)};
  return {.quintillions = static_cast<std::int64_t>(sum_ / quintillion),
          .rest = static_cast<std::int64_t>(sum_ % quintillion)};
}

std::int64_t AmountSum::saturated() const noexcept {
  using Limits = std::numeric_limits<std::int64_t>;
  return static_cast<std::int64_t>(std::clamp<Wide>(sum_, Limits::min(), Limits::max()));
}

std::string AmountSum::to_string() const {
  const auto [quintillions, rest] = parts();
  if (quintillions == 0) return std::to_string(rest);
  // Both have the sign of the sum.
  std::string low = std::to_string(rest < 0 ? -rest : rest);
  low.insert(0, 18 - low.size(), '0');
  return std::to_string(quintillions) + low;
}

std::optional<std::int64_t> checked_add(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

std::optional<std::int64_t> checked_multiply(std::int64_t a, std::int64_t b) noexcept {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

}  // namespace orderflow::core
