#include "order_json.hpp"

#include "email_address.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::orders {
namespace {

using nlohmann::json;

const core::Currency eur = *core::Currency::parse("EUR");

json valid() {
  return {{"userId", "ada"},
          {"items", {{{"productId", "book"}, {"quantity", 2}, {"price", 1999}}}}};
}

/// "pointer: detail" of every fault; empty where the order is valid.
std::vector<std::string> faults_of(const json& body) {
  const auto parsed = parse_order_details(body, eur);
  std::vector<std::string> faults;
  if (parsed) return faults;
  for (const auto& error : parsed.error())
    faults.push_back(error.pointer + ": " + error.detail);
  return faults;
}

/// The pointers of every fault.
std::vector<std::string> bad_fields(const json& body) {
  std::vector<std::string> pointers;
  for (const std::string& fault : faults_of(body))
    pointers.push_back(fault.substr(0, fault.find(':')));
  return pointers;
}

using Pointers = std::vector<std::string>;

json with(const std::string& pointer, json value) {
  json body = valid();
  body[json::json_pointer(pointer)] = std::move(value);
  return body;
}

TEST_CASE("a plain order is read, in the default currency, with its sum") {
  const auto order = parse_order_details(valid(), eur);
  REQUIRE(order.has_value());
  CHECK(order->user_id == UserId{"ada"});
  CHECK(order->total == core::Money{3998, eur});
  CHECK(order->items == std::vector<OrderLine>{{"book", "", 2, 1999}});
  CHECK(order->email.empty());
}

TEST_CASE("every fault is reported at once, each with its pointer") {
  const json body = {{"userId", ""},
                     {"email", "nobody"},
                     {"currency", "EURO"},
                     {"color", "red"},
                     {"items",
                      {{{"productId", "a"}, {"quantity", 0}, {"price", 1}},
                       {{"quantity", 1}, {"price", -1}, {"size", "XL"}},
                       7}}};
  CHECK(bad_fields(body) == Pointers{"/color", "/userId", "/email", "/currency",
                                     "/items/0/quantity", "/items/1/size", "/items/1/productId",
                                     "/items/1/price", "/items/2"});
}

TEST_CASE(
    "an order that is no object, or lacks what is required, is refused with what is missing") {
  CHECK(faults_of(json::array()) == Pointers{": must be an object with userId and items"});
  CHECK(faults_of(json::object()) == Pointers{"/userId: is required", "/items: is required"});
  CHECK(bad_fields(with("/items/0", json::object())) ==
        Pointers{"/items/0/productId", "/items/0/quantity", "/items/0/price"});
}

TEST_CASE("a field is named as a JSON pointer whatever its name") {
  json body = valid();
  body["a/b~c"] = 1;
  body["items"][0]["/"] = 1;
  CHECK(bad_fields(body) == Pointers{"/a~1b~0c", "/items/0/~1"});
}

TEST_CASE("a hundred faults are reported, and no more") {
  json body = valid();
  for (int i = 0; i < 1000; ++i)
    body["field" + std::to_string(i)] = i;
  CHECK(bad_fields(body).size() == 100);
}

TEST_CASE("a price with a fraction is refused with a word on minor units") {
  const auto faults = faults_of(with("/items/0/price", 19.99));
  REQUIRE(faults.size() == 1);
  CHECK(faults[0] ==
        "/items/0/price: must be a whole number of the currency's minor unit, 0 to "
        "9007199254740991: 1999 is 19.99 EUR");
}

TEST_CASE("numbers are bounded, and other types are no numbers") {
  CHECK(faults_of(with("/items/0/quantity", 10'000)).empty());
  CHECK(bad_fields(with("/items/0/quantity", 10'001)) == Pointers{"/items/0/quantity"});
  CHECK(bad_fields(with("/items/0/quantity", "2")) == Pointers{"/items/0/quantity"});
  CHECK(bad_fields(with("/items/0/quantity", true)) == Pointers{"/items/0/quantity"});
  CHECK(faults_of(with("/items/0/price", 0)).empty());
  CHECK(bad_fields(with("/items/0/price", 18'446'744'073'709'551'615ULL)) ==
        Pointers{"/items/0/price"});
  CHECK(bad_fields(with("/items/0/price", 1e300)) == Pointers{"/items/0/price"});
}

TEST_CASE("ids are 1 to 128 visible characters") {
  CHECK(faults_of(with("/userId", std::string(128, 'x'))).empty());
  CHECK(bad_fields(with("/userId", std::string(129, 'x'))) == Pointers{"/userId"});
  CHECK(bad_fields(with("/userId", "two words")) == Pointers{"/userId"});
  CHECK(bad_fields(with("/userId", "tab\t")) == Pointers{"/userId"});
  CHECK(bad_fields(with("/userId", "Zoë")) == Pointers{"/userId"});
  CHECK(bad_fields(with("/items/0/productId", "")) == Pointers{"/items/0/productId"});
  CHECK(faults_of(with("/userId", "<img/onerror=alert(1)>")).empty());
}

TEST_CASE("an id is no dot segment, which clients take out of paths") {
  for (const char* id : {".", ".."}) {
    CAPTURE(id);
    CHECK(bad_fields(with("/userId", id)) == Pointers{"/userId"});
    CHECK(bad_fields(with("/items/0/productId", id)) == Pointers{"/items/0/productId"});
  }
  CHECK(faults_of(with("/userId", "...")).empty());
}

TEST_CASE("names and reasons are readable lines") {
  for (const char* text : {"\xc2\x9b"
                           "31m",
                           "a\xc2\x85",
                           "gnp\xe2\x80\xae"
                           "exe.",
                           "\xe2\x81\xa7"
                           "x",
                           "a\xe2\x80\xa9"}) {
    CAPTURE(text);
    CHECK(bad_fields(with("/items/0/name", text)) == Pointers{"/items/0/name"});
    CHECK_FALSE(parse_cancellation({{"reason", text}}).has_value());
  }
  // Marks that scripts need are no overrides.
  CHECK(faults_of(with("/items/0/name", "\xd7\xa9\xe2\x80\x8f!")).empty());
  CHECK(parse_cancellation({{"reason", "na\xc3\xafve"}}).has_value());
}

TEST_CASE("1 to 100 items") {
  CHECK(bad_fields(with("/items", json::array())) == Pointers{"/items"});
  const json item = valid()["items"][0];
  CHECK(faults_of(with("/items", json(100, item))).empty());
  CHECK(bad_fields(with("/items", json(101, item))) == Pointers{"/items"});
  CHECK(bad_fields(with("/items", "book")) == Pointers{"/items"});
}

TEST_CASE("an order comes to 2^53 - 1 at most, as every reader of JSON holds it") {
  constexpr std::int64_t most = 9'007'199'254'740'991;
  json body = with("/items/0/price", most);
  CHECK(faults_of(body) ==
        Pointers{"/items: add up to more than 9007199254740991 of the minor unit"});
  body["items"][0]["quantity"] = 1;
  body["totalAmount"] = most;
  CHECK(faults_of(body).empty());
  body["items"].push_back({{"productId", "b"}, {"quantity", 1}, {"price", 1}});
  CHECK(bad_fields(body) == Pointers{"/items"});
}

TEST_CASE("a price or a total above 2^53 - 1 is refused with its pointer") {
  for (const std::int64_t large : {9'007'199'254'740'992, INT64_MAX}) {
    CHECK(faults_of(with("/items/0/price", large)) ==
          Pointers{"/items/0/price: must be a whole number of the currency's minor unit, 0 to "
                   "9007199254740991: 1999 is 19.99 EUR"});
    CHECK(bad_fields(with("/totalAmount", large)) == Pointers{"/totalAmount"});
  }
}

TEST_CASE("a total that disagrees with the items is refused, one that agrees passes") {
  CHECK(faults_of(with("/totalAmount", 3998)).empty());
  CHECK(faults_of(with("/totalAmount", 3997)) ==
        Pointers{"/totalAmount: is 3997, but the items add up to 3998"});
  CHECK(bad_fields(with("/totalAmount", "3998")) == Pointers{"/totalAmount"});
}

TEST_CASE("currencies are those of ISO 4217") {
  const auto order = parse_order_details(with("/currency", "JPY"), eur);
  REQUIRE(order.has_value());
  CHECK(order->total.currency.minor_digits() == 0);
  for (const char* bad : {"eur", "XXX", "EU", "", "DEM"}) {
    CHECK(bad_fields(with("/currency", bad)) == Pointers{"/currency"});
  }
}

TEST_CASE("an order may be in any currency in use, the youngest included") {
  for (const char* code : {"XCG", "VED", "SLE", "ZWG", "CLF"}) {
    CAPTURE(code);
    CHECK(faults_of(with("/currency", code)).empty());
  }
}

TEST_CASE("a currency that was withdrawn is not ordered in, and the refusal names when it was") {
  CHECK(faults_of(with("/currency", "BGN")) ==
        Pointers{"/currency: is a currency that ISO 4217 withdrew in 2026-01; must be the code of "
                 "one in use, such as \"EUR\""});
  for (const char* code : {"HRK", "SLL", "CUC", "ZWL", "ANG"}) {
    CAPTURE(code);
    CHECK(bad_fields(with("/currency", code)) == Pointers{"/currency"});
  }
}

TEST_CASE("null is the same as absent") {
  CHECK(faults_of(with("/email", nullptr)).empty());
  CHECK(faults_of(with("/userId", nullptr)) == Pointers{"/userId: is required"});
}

TEST_CASE("e-mail addresses are what mail can be sent to") {
  for (const char* good :
       {"ada@example.com", "a.b+c@sub.example.co", "x_y-z@a-b.de", "o'neil@example.ie"}) {
    CHECK_MESSAGE(is_email_address(good), good);
  }
  for (const char* bad :
       {"", "ada", "@example.com", "ada@", "ada@localhost", "a b@example.com", ".a@example.com",
        "a.@example.com", "a..b@example.com", "ada@-example.com", "ada@example-.com",
        "ada@example..com", "ada@exa_mple.com", "ada@example.com\r\nBcc: x@y.z", "a@b@example.com",
        "\"ada\"@example.com", "ada@[127.0.0.1]"}) {
    CHECK_MESSAGE(!is_email_address(bad), bad);
  }
  CHECK_FALSE(is_email_address(std::string(65, 'a') + "@example.com"));
  CHECK_FALSE(is_email_address("a@" + std::string(64, 'b') + ".com"));
}

}  // namespace
}  // namespace orderflow::orders
