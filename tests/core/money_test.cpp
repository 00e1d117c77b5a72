#include "core/money.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

namespace orderflow::core {
namespace {

constexpr auto largest = std::numeric_limits<std::int64_t>::max();
constexpr auto smallest = std::numeric_limits<std::int64_t>::min();

Currency currency(std::string_view code) {
  return Currency::parse(code).value();
}

TEST_CASE("a currency is known by its ISO 4217 code, with the digits of its minor unit") {
  CHECK(currency("EUR").code() == "EUR");
  CHECK(currency("EUR").minor_digits() == 2);
  CHECK(currency("JPY").minor_digits() == 0);
  CHECK(currency("KWD").minor_digits() == 3);
  CHECK(currency("AED").code() == "AED");
  CHECK(currency("ZWG").code() == "ZWG");
}

TEST_CASE("what is not the code of a currency in use is refused") {
  for (const char* code :
       {"", "EU", "EURO", "eur", "Eur", "XXX", "XAU", "XTS", "DEM", "EU ", "ZZZ"}) {
    CAPTURE(code);
    CHECK_FALSE(Currency::parse(code));
  }
}

TEST_CASE("every listed code is that of a currency, in alphabetic order") {
  const auto codes = Currency::all_codes();
  CHECK(codes.size() > 150);
  CHECK(std::ranges::is_sorted(codes));
  for (const std::string_view code : codes) {
    CAPTURE(code);
    CHECK(currency(code).code() == code);
  }
}

TEST_CASE("currencies are equal by their code") {
  CHECK(currency("EUR") == currency("EUR"));
  CHECK_FALSE(currency("EUR") == currency("USD"));
}

TEST_CASE("money is equal where amount and currency are") {
  CHECK(Money{1, currency("EUR")} == Money{1, currency("EUR")});
  CHECK_FALSE(Money{1, currency("EUR")} == Money{2, currency("EUR")});
  CHECK_FALSE(Money{1, currency("EUR")} == Money{1, currency("USD")});
}

TEST_CASE("money reads as people write it") {
  CHECK(Money{1999, currency("EUR")}.to_string() == "19.99 EUR");
  CHECK(Money{5, currency("EUR")}.to_string() == "0.05 EUR");
  CHECK(Money{50, currency("EUR")}.to_string() == "0.50 EUR");
  CHECK(Money{0, currency("EUR")}.to_string() == "0.00 EUR");
  CHECK(Money{-5, currency("EUR")}.to_string() == "-0.05 EUR");
  CHECK(Money{1999, currency("JPY")}.to_string() == "1999 JPY");
  CHECK(Money{1999, currency("KWD")}.to_string() == "1.999 KWD");
  CHECK(Money{largest, currency("EUR")}.to_string() == "92233720368547758.07 EUR");
  CHECK(Money{smallest, currency("EUR")}.to_string() == "-92233720368547758.08 EUR");
}

TEST_CASE("a sum that does not fit is nothing") {
  CHECK(checked_add(2, 3) == 5);
  CHECK(checked_add(largest - 1, 1) == largest);
  CHECK_FALSE(checked_add(largest, 1));
  CHECK_FALSE(checked_add(smallest, -1));
}

TEST_CASE("a product that does not fit is nothing") {
  CHECK(checked_multiply(1999, 3) == 5997);
  CHECK(checked_multiply(largest, 1) == largest);
  CHECK(checked_multiply(largest, 0) == 0);
  CHECK_FALSE(checked_multiply(largest / 2 + 1, 2));
  CHECK_FALSE(checked_multiply(smallest, -1));
}

}  // namespace
}  // namespace orderflow::core
