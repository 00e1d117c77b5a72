#include "core/typed_json.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace orderflow::core {
namespace {

using nlohmann::json;

using ParcelId = Strong<struct ParcelIdTag, Uuid>;

constexpr const char* id_text = "01900000-0000-7000-8000-00000000000a";

TEST_CASE("an identifier is read from its text, and written as it") {
  const auto id = json(id_text).get<ParcelId>();
  CHECK(text_of(id) == id_text);
  CHECK_THROWS_AS(json("none").get<ParcelId>(), std::invalid_argument);
  CHECK_THROWS_AS(json(7).get<ParcelId>(), json::exception);
}

TEST_CASE("an identifier that may be missing is nothing where it is none of ours") {
  const json object{{"id", id_text}, {"theirs", "p-17"}, {"number", 17}};
  CHECK(optional_id<ParcelId>(object, "id") == json(id_text).get<ParcelId>());
  CHECK_FALSE(optional_id<ParcelId>(object, "theirs"));
  CHECK_FALSE(optional_id<ParcelId>(object, "number"));
  CHECK_FALSE(optional_id<ParcelId>(object, "missing"));
}

TEST_CASE("an amount is read with its currency, known here or not") {
  const Money known = money_in({{"total", 1999}, {"currency", "EUR"}}, "total");
  CHECK(known == Money{1999, *Currency::parse("EUR")});
  const Money unknown = money_in({{"total", 1999}, {"currency", "ZZZ"}}, "total");
  CHECK_FALSE(unknown.currency.is_known());
  CHECK(unknown.in_minor_unit() == "1999 ZZZ");
  CHECK_THROWS_AS(money_in({{"total", 1}, {"currency", "euro"}}, "total"), std::invalid_argument);
  CHECK_THROWS_AS(money_in({{"total", 1}}, "total"), json::exception);
}

}  // namespace
}  // namespace orderflow::core
