#include "access/key_text.hpp"

#include "access/scopes.hpp"

#include <doctest/doctest.h>

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
  for (const std::string& name : Scopes::all_names()) {
    const Scopes scopes = Scopes::from_text(name);
    CHECK(scopes.names() == std::vector<std::string>{name});
    CHECK(scopes.allow(http::Access::any_key));
  }
  CHECK_FALSE(Scopes::from_text("admin").allow(http::Access::orders_read));
  CHECK_FALSE(Scopes::from_text("orders:write").allow(http::Access::orders_read));
}

TEST_CASE("scopes are written and read as one text, and unknown ones are dropped") {
  const Scopes scopes = Scopes::from_text("admin orders:read everything");
  CHECK(scopes.text() == "orders:read admin");
  CHECK(Scopes::from_text("").empty());
  CHECK(Scopes::from_text("everything").empty());
}

}  // namespace
}  // namespace orderflow::access
