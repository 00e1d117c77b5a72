#include "access/scope_catalog.hpp"

#include "key_fixture.hpp"

#include <doctest/doctest.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::access {
namespace {

using Names = std::vector<std::string>;

ScopeCatalog catalog_of_two() {
  ScopeCatalog catalog;
  catalog.add(std::array{orders_read});
  catalog.add(std::array{admin});
  return catalog;
}

TEST_CASE("a key can be given the scopes that their owners have registered") {
  const ScopeCatalog catalog = catalog_of_two();
  CHECK(catalog.names() == Names{"orders:read", "admin"});
  CHECK(catalog.select(Names{"admin", "orders:read", "admin"}) == Scopes{orders_read, admin});
  CHECK_FALSE(catalog.select(Names{"orders:read", "orders:write"}));
  CHECK_FALSE(catalog.select(Names{""}));
}

TEST_CASE("two owners cannot have one scope") {
  ScopeCatalog catalog = catalog_of_two();
  CHECK_THROWS_AS(catalog.add(std::array{orders_read}), std::logic_error);
  CHECK_THROWS_AS(catalog.add(std::array{core::Scope("")}), std::logic_error);
  CHECK_THROWS_AS(catalog.add(std::array{core::Scope("orders: read")}), std::logic_error);
}

TEST_CASE("a route cannot need a scope that nobody has registered") {
  const ScopeCatalog catalog = catalog_of_two();
  std::vector<http::Router::Route> routes{{http::Method::get, "/healthz", http::Access::open},
                                          {http::Method::get, "/v1/key", http::Access::any_key},
                                          {http::Method::get, "/v1/orders", orders_read}};
  CHECK_NOTHROW(catalog.require_known(routes));
  routes.push_back({http::Method::post, "/v1/orders", orders_write});
  CHECK_THROWS_WITH_AS(catalog.require_known(routes),
                       "/v1/orders needs a scope that is not registered: orders:write",
                       std::logic_error);
}

}  // namespace
}  // namespace orderflow::access
