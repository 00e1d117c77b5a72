#include "http/routing/router.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace orderflow::http {
namespace {

Handler some_handler() {
  return [](Request&) -> boost::asio::awaitable<Response> { co_return Response{}; };
}

struct Found {
  std::string pattern;
  std::string allowed;
  Fields parameters;
};

Found find(const Router& router, Method method, std::string target) {
  Request request;
  request.method = method;
  request.target = std::move(target);
  const Router::Match match = router.find(request);
  CHECK((match.handler != nullptr) == !match.pattern.empty());
  return {std::string(match.pattern), match.allowed, request.path_parameters};
}

Router shop() {
  Router router;
  router.add(Method::get, "/", http::Access::open, some_handler());
  router.add(Method::get, "/orders", http::Access::open, some_handler());
  router.add(Method::post, "/orders", http::Access::open, some_handler());
  router.add(Method::get, "/orders/{id}", http::Access::open, some_handler());
  router.add(Method::get, "/orders/recent", http::Access::open, some_handler());
  router.add(Method::get, "/orders/recent/totals", http::Access::open, some_handler());
  router.add(Method::post, "/orders/{order}/lines/{line}", http::Access::open, some_handler());
  return router;
}

}  // namespace

TEST_CASE("a path finds the handler of its pattern") {
  const Router router = shop();
  CHECK(find(router, Method::get, "/").pattern == "/");
  CHECK(find(router, Method::get, "/orders").pattern == "/orders");
  CHECK(find(router, Method::get, "/orders?limit=3").pattern == "/orders");
}

TEST_CASE("a literal segment wins over a parameter") {
  const Router router = shop();
  CHECK(find(router, Method::get, "/orders/recent").pattern == "/orders/recent");
  CHECK(find(router, Method::get, "/orders/7").pattern == "/orders/{id}");
}

TEST_CASE("a parameter is taken where the literal leads nowhere") {
  const Router router = shop();
  const Found found = find(router, Method::post, "/orders/recent/lines/2");
  CHECK(found.pattern == "/orders/{order}/lines/{line}");
  CHECK(found.parameters == Fields{{"order", "recent"}, {"line", "2"}});
}

TEST_CASE("a parameter is decoded and may hold an encoded slash") {
  const Router router = shop();
  CHECK(find(router, Method::get, "/orders/a%2Fb%20c").parameters == Fields{{"id", "a/b c"}});
}

TEST_CASE("an unknown path has no handler and allows nothing") {
  const Router router = shop();
  for (const char* path : {"/order", "/orders/", "/orders/7/lines", "//", "/orders//lines/1"}) {
    CAPTURE(path);
    const Found found = find(router, Method::post, path);
    CHECK(found.pattern.empty());
    CHECK(found.allowed.empty());
  }
}

TEST_CASE("a path without the method names the methods that it has") {
  const Router router = shop();
  CHECK(find(router, Method::del, "/orders").allowed == "GET, HEAD, POST");
  CHECK(find(router, Method::get, "/orders/1/lines/2").allowed == "POST");
}

TEST_CASE("HEAD finds the handler of GET") {
  const Router router = shop();
  CHECK(find(router, Method::head, "/orders/7").pattern == "/orders/{id}");
  CHECK(find(router, Method::head, "/orders/1/lines/2").allowed == "POST");
}

TEST_CASE("a route that is taken or malformed is refused") {
  Router router = shop();
  CHECK_THROWS_AS(router.add(Method::get, "/orders/{other}", http::Access::open, some_handler()),
                  std::logic_error);
  CHECK_THROWS_AS(router.add(Method::get, "orders", http::Access::open, some_handler()),
                  std::logic_error);
  CHECK_THROWS_AS(router.add(Method::get, "/orders/a{id}", http::Access::open, some_handler()),
                  std::logic_error);
  CHECK_THROWS_AS(router.add(Method::get, "/nothing", http::Access::open, nullptr),
                  std::logic_error);
}

TEST_CASE("a wrapper gets every route, whether it is there already or added later") {
  Router router = shop();
  std::vector<std::string> wrapped;
  router.wrap([&](const Router::Route& route, Handler handler) {
    wrapped.push_back(route.pattern);
    return handler;
  });
  CHECK(wrapped.size() == shop().routes().size());
  router.add(Method::get, "/stock", http::Access::open, some_handler());
  CHECK(wrapped.back() == "/stock");
  CHECK(find(router, Method::get, "/stock").pattern == "/stock");
}

TEST_CASE("a route of operators is vital, and one of clients is not") {
  constexpr core::Scope clients{"stock:read"};
  constexpr core::Scope operators{"stock:admin", core::Scope::Holder::operations};
  Router router;
  router.add(Method::get, "/stock", clients, some_handler());
  router.add(Method::del, "/stock", operators, some_handler());
  router.add(Method::post, "/stock", Access::any_key, some_handler());
  const auto is_vital = [&](Method method) {
    Request request;
    request.method = method;
    request.target = "/stock";
    return router.find(request).traits.is_vital;
  };
  CHECK_FALSE(is_vital(Method::get));
  CHECK(is_vital(Method::del));
  CHECK_FALSE(is_vital(Method::post));
}

TEST_CASE("the routes are listed in the order they were added") {
  const auto routes = shop().routes();
  REQUIRE(routes.size() == 7);
  CHECK(routes[2].method == Method::post);
  CHECK(routes[2].pattern == "/orders");
}

}  // namespace orderflow::http
