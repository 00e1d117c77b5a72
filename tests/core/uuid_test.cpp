#include "core/uuid.hpp"

#include <doctest/doctest.h>

namespace orderflow::core {
namespace {

constexpr std::string_view sample =
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";  // RFC 9562, appendix A.6

TEST_CASE("an identifier is read from its canonical text and written back the same") {
  const auto id = Uuid::parse(sample);
  REQUIRE(id);
  CHECK(id->to_string() == sample);
  CHECK(id->bytes[0] == 0x01);
  CHECK(id->bytes[15] == 0x8f);
}

TEST_CASE("capitals are read and written small") {
  const auto id = Uuid::parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F");
  REQUIRE(id);
  CHECK(id->to_string() == sample);
}

TEST_CASE("anything but the canonical text is refused") {
  for (const char* text :
       {"", "017f22e2", "017f22e279b07cc398c4dc0c0c07398f", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2x79b0-7cc3-98c4-dc0c0c07398f", "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}", "017f22e2-79b0-7cc3-98c4-dc0c0c07398 "}) {
    CAPTURE(text);
    CHECK_FALSE(Uuid::parse(text));
  }
}

TEST_CASE("a version 7 identifier carries its time, its version and its variant") {
  std::array<std::uint8_t, 10> ones{};
  ones.fill(0xff);
  const Uuid id = make_uuid_v7(0x017f22e279b0, ones);
  CHECK(id.to_string() == "017f22e2-79b0-7fff-bfff-ffffffffffff");
  CHECK(id.unix_ms() == 1645557742000);
  CHECK(make_uuid_v7(1, {}).to_string() == "00000000-0001-7000-8000-000000000000");
}

TEST_CASE("identifiers order by their time first") {
  std::array<std::uint8_t, 10> ones{};
  ones.fill(0xff);
  CHECK(make_uuid_v7(255, ones) < make_uuid_v7(256, {}));
  CHECK(make_uuid_v7(1, {}) < make_uuid_v7(1, ones));
}

}  // namespace
}  // namespace orderflow::core
