#include "access/key_text.hpp"

#include "access/scopes.hpp"
#include "key_fixture.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>

namespace orderflow::access {
namespace {

TEST_CASE("a key contains its id and 32 random bytes") {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const NewKeyText made = make_key_text();
    CHECK(made.text.size() == key_text_length);
    CHECK(made.text.starts_with("ofk_" + made.id + "_"));
    CHECK(id_in_text(made.text) == id_number(made.id));
    CHECK(seen.insert(made.text.substr(made.text.size() - 64)).second);
    CHECK(seen.insert(made.id).second);
  }
}

TEST_CASE("a text that does not have the form of a key has no id") {
  const std::string text = make_key_text().text;
  CHECK_FALSE(id_in_text(""));
  CHECK_FALSE(id_in_text("ofk_"));
  CHECK_FALSE(id_in_text(text.substr(0, text.size() - 1)));
  CHECK_FALSE(id_in_text(text + "0"));
  CHECK_FALSE(id_in_text("OFK_" + text.substr(4)));
  std::string upper = text;
  upper[4] = 'A';
  CHECK_FALSE(id_in_text(upper));
  std::string joined = text;
  joined[20] = '0';
  CHECK_FALSE(id_in_text(joined));
}

TEST_CASE("no scope implies another") {
  const std::array all{orders_read, orders_write, events_read, admin};
  for (const core::Scope scope : all) {
    const Scopes scopes{scope};
    for (const core::Scope other : all)
      CHECK(scopes.allow(other) == (other == scope));
    CHECK(scopes.allow(http::Access::any_key));
    CHECK(scopes.allow(http::Access::open));
  }
}

TEST_CASE("scopes are written and read as one text") {
  const Scopes scopes = Scopes::from_text("orders:read admin orders:read");
  CHECK(scopes == Scopes{orders_read, admin});
  CHECK(scopes.text() == "orders:read admin");
  CHECK(Scopes::from_text(scopes.text()) == scopes);
  CHECK(Scopes::from_text("").empty());
}

TEST_CASE("a scope that no route of this program needs grants nothing") {
  const Scopes scopes = Scopes::from_text("everything");
  CHECK_FALSE(scopes.allow(orders_read));
  CHECK_FALSE(scopes.allow(admin));
}

}  // namespace
}  // namespace orderflow::access
