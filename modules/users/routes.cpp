#include "routes.hpp"

#include "host/json_body.hpp"
#include "http/message/problem.hpp"
#include "orders/contract/scopes.hpp"
#include "statistics_store.hpp"

#include <string>

namespace orderflow::users {
namespace {

using http::Request;
using http::Response;

nlohmann::json to_json(std::string_view user_id, const Statistics& statistics) {
  nlohmann::json document = {{"userId", user_id},
                             {"ordersPlaced", statistics.placed},
                             {"ordersProcessed", statistics.processed},
                             {"ordersCanceled", statistics.canceled},
                             {"ordersDeclined", statistics.declined},
                             {"ordersRefunded", statistics.refunded},
                             {"spent", nlohmann::json::object()},
                             {"lastOrder", nullptr}};
  for (const auto& [currency, sum] : statistics.spent)
    document["spent"][currency] = sum.saturated();
  if (statistics.last_order_id && statistics.last_order_at) {
    document["lastOrder"] = {{"id", *statistics.last_order_id},
                             {"placedAt", core::to_rfc3339(*statistics.last_order_at)}};
  }
  return document;
}

Response get_statistics(const host::Host& host, const Request& request) {
  const auto user_id = request.path_value("userId");
  const auto statistics =
      host.read([&](storage::Session session) { return find(session, user_id); });
  if (statistics) return host::json_response(200, to_json(user_id, *statistics));
  const http::Problem problem{404, "user-not-found", "There is no such user",
                              "No order was ever placed by user " + std::string(user_id) + "."};
  return http::problem_response(request, problem);
}

}  // namespace

void add_routes(host::Host& host) {
  host.route(http::Method::get, "/v1/users/{userId}/statistics", orders::read_scope,
             [&host](Request& request) -> boost::asio::awaitable<Response> {
               co_return get_statistics(host, request);
             });
}

}  // namespace orderflow::users
