#include "events/log/catalog.hpp"

#include "probe.hpp"

#include <doctest/doctest.h>

namespace orderflow::events {
namespace {

EventBody read(const std::string& payload) {
  Catalog catalog;
  catalog.add_schema(Ticked::kind, Ticked::version, ticked_schema);
  catalog.add<Ticked>("probe");
  return catalog.read(Ticked::kind, Ticked::version, payload);
}

TEST_CASE("a payload is read as the type of its kind and version") {
  const EventBody body = read(nlohmann::json(Ticked{7}).dump());
  REQUIRE(body.type == type_tag<Ticked>());
  CHECK(static_cast<const Ticked*>(body.value.get())->n == 7);
  CHECK(body.error.empty());
}

TEST_CASE("a payload that no event can have is not read, and the reason is kept") {
  for (const char* number : {"1e300", "-1e300", "1e19", "9223372036854775808"}) {
    const EventBody body = read("{\"n\":" + std::string(number) + "}");
    CHECK(body.value == nullptr);
    CHECK(body.error == "payload of event tick.happened.v1 is unreadable: a number is too large");
  }
  const EventBody deep = read(std::string(100'000, '[') + std::string(100'000, ']'));
  CHECK(deep.value == nullptr);
  CHECK(deep.error == "payload of event tick.happened.v1 is unreadable: it is nested too deep");
  CHECK(read(std::string("{\"n\":1}\0{", 9)).value == nullptr);
  CHECK(read("{\"n\":").value == nullptr);
  CHECK(read("null").value == nullptr);
}

}  // namespace
}  // namespace orderflow::events
