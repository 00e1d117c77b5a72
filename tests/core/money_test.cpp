#include "core/money.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

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

TEST_CASE("what is not the code of a currency is refused") {
  for (const char* code :
       {"", "EU", "EURO", "eur", "Eur", "XXX", "XAU", "XDR", "XTS", "DEM", "EU ", "ZZZ"}) {
    CAPTURE(code);
    CHECK_FALSE(Currency::parse(code));
  }
}

// Taken from the list of the maintenance agency for 2026-01-01, by minor unit; not from our table.
constexpr std::string_view in_use =
    "0: BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "
    "3: BHD IQD JOD KWD LYD OMR TND "
    "4: CLF UYW "
    "2: AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
    "CAD "
    "CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS "
    "GIP "
    "GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL "
    "MAD "
    "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK "
    "PHP "
    "PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS "
    "TMT "
    "TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG";

std::map<std::string, int> listed_in_use() {
  std::map<std::string, int> digits_by_code;
  std::istringstream words{std::string(in_use)};
  int digits = 0;
  for (std::string word; words >> word;) {
    if (word.ends_with(':')) {
      digits = std::stoi(word);
    } else {
      digits_by_code.emplace(word, digits);
    }
  }
  return digits_by_code;
}

TEST_CASE("the currencies in use are those of ISO 4217 on 2026-01-01, each with its minor unit") {
  std::map<std::string, int> ours;
  for (const std::string_view code : Currency::active_codes()) {
    CHECK(currency(code).is_active());
    ours.emplace(code, currency(code).minor_digits());
  }
  CHECK(ours == listed_in_use());
}

TEST_CASE("a currency that was withdrawn is still known, with the month when that was") {
  const std::map<std::string, std::string> withdrawn{{"ANG", "2025-07"}, {"BGN", "2026-01"},
                                                     {"CUC", "2021-06"}, {"HRK", "2023-01"},
                                                     {"SLL", "2023-12"}, {"ZWL", "2024-09"}};
  std::map<std::string, std::string> ours;
  for (const std::string_view code : Currency::known_codes()) {
    if (currency(code).is_active()) continue;
    CHECK(currency(code).minor_digits() == 2);
    ours.emplace(code, currency(code).withdrawn_in());
  }
  CHECK(ours == withdrawn);
  CHECK(currency("EUR").withdrawn_in().empty());
  CHECK(Money{1999, currency("BGN")}.to_string() == "19.99 BGN");
}

TEST_CASE("every listed code is that of a currency, in alphabetic order and once") {
  for (const auto& codes : {Currency::known_codes(), Currency::active_codes()}) {
    CHECK(std::ranges::is_sorted(codes));
    CHECK(std::ranges::adjacent_find(codes) == codes.end());
    for (const std::string_view code : codes) {
      CAPTURE(code);
      CHECK(currency(code).code() == code);
    }
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

TEST_CASE("a sum of amounts is exact in any order, beyond 64 bits too, and shown as what fits") {
  AmountSum sum;
  for (int i = 0; i < 3; ++i)
    sum.add(largest);
  CHECK(sum.saturated() == largest);
  CHECK(sum.to_string() == "27670116110564327421");
  CHECK(AmountSum(sum.parts()) == sum);
  sum.subtract(largest);
  sum.subtract(largest);
  CHECK(sum.parts() == AmountSum::Parts{.quintillions = 0, .rest = largest});
  sum.subtract(largest);
  CHECK(sum == AmountSum());
  CHECK(sum == 0);

  sum.subtract(largest);
  sum.subtract(largest);
  CHECK(sum.saturated() == smallest);
  CHECK(sum.to_string() == "-18446744073709551614");
  CHECK(AmountSum(sum.parts()) == sum);
  sum.add(largest);
  sum.add(2'000'000'000'000'000'000);
  CHECK(sum.to_string() == "-7223372036854775807");
}

TEST_CASE("a sum that is just beyond 64 bits keeps its noughts") {
  AmountSum sum(AmountSum::Parts{.quintillions = 20, .rest = 7});
  CHECK(sum.to_string() == "20000000000000000007");
}

TEST_CASE("a currency of another node is kept though it is not known here") {
  CHECK(Currency::of_any_node("EUR") == Currency::parse("EUR"));
  const auto unknown = Currency::of_any_node("ZZZ");
  REQUIRE(unknown);
  CHECK(unknown == Currency::of_any_node("ZZZ"));
  CHECK(unknown != Currency::of_any_node("ZZY"));
  CHECK(unknown->code() == "ZZZ");
  CHECK_FALSE(unknown->is_known());
  CHECK_FALSE(unknown->is_active());
  CHECK(Money{1999, *unknown}.to_string() == "1999 ZZZ");
  for (const char* none : {"", "EU", "eur", "EURO", "E R"})
    CHECK_FALSE(Currency::of_any_node(none));
  CHECK(Currency::of_any_node("XXX") == Currency{});
}

}  // namespace
}  // namespace orderflow::core
