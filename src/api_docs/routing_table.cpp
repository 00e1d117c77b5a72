#include "api_docs/routing_table.hpp"

#include "host/admin_scope.hpp"
#include "host/json_body.hpp"
#include "host/page.hpp"

#include <string>
#include <utility>

namespace orderflow::api_docs {
namespace {

nlohmann::json needs(http::Access access) {
  if (access == http::Access::open) return "open";
  if (access == http::Access::any_key) return "any key";
  return access.scope_name();
}

http::Response list(const http::Router& router, const http::Request& request) {
  core::FieldErrors errors;
  host::reject_unknown_parameters(request, {}, errors);
  if (!errors.empty()) return host::bad_parameters(request, std::move(errors));
  nlohmann::json document = {{"routes", nlohmann::json::array()}};
  for (const http::Router::Route& route : router.routes()) {
    document["routes"].push_back({{"method", http::to_string(route.method)},
                                  {"path", route.pattern},
                                  {"needs", needs(route.access)}});
  }
  return host::json_response(200, document);
}

}  // namespace

void add_routing_table_route(http::Router& router) {
  router.add(http::Method::get, "/v1/admin/routes", host::admin_scope,
             [&router](http::Request& request) -> boost::asio::awaitable<http::Response> {
               co_return list(router, request);
             });
}

}  // namespace orderflow::api_docs
