#include "redriving/redrive_routes.hpp"

#include "host/audit.hpp"
#include "host/json_body.hpp"
#include "http/message/problem.hpp"
#include "order_store.hpp"
#include "redriving/open_orders.hpp"
#include "redriving/redrive_orders.hpp"
#include "redriving/redrive_request.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::orders {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;
using nlohmann::json;

/// Pages that one call goes through in search of orders, at most.
constexpr std::size_t pages_max = 1'000;

struct Chosen {
  std::vector<OrderId> orders = {};
  std::optional<OrderId> next = {};  ///< to continue after
  bool more = false;
};

Response problem(const Request& request, unsigned status, std::string_view type,
                 std::string_view title, std::string detail) {
  return http::problem_response(request, http::Problem{status, type, title, std::move(detail)});
}

Chosen choose_open(const host::Host& host, const RedriveRequest& wanted, core::Duration waited) {
  OpenOrders open(host,
                  {.waited = waited, .not_since = wanted.as_of, .page_size = redriven_at_once});
  Chosen chosen;
  for (std::size_t page = 0; page < pages_max && chosen.orders.empty() && !open.at_end(); ++page)
    chosen.orders = open.next_page();
  chosen.more = !open.at_end();
  return chosen;
}

/// No identifier of an earlier time is larger.
core::Uuid id_before(core::Timestamp since) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(since).time_since_epoch().count();
  return core::make_uuid_v7(static_cast<std::uint64_t>(std::max<std::int64_t>(ms, 0)), {});
}

Chosen choose_placed(const host::Host& host, const RedriveRequest& wanted) {
  const core::Uuid after = wanted.after ? wanted.after->value() : id_before(*wanted.since);
  Chosen chosen;
  chosen.orders = host.read([&](storage::Session session) {
    return RedriveStore(session).placed(after, redriven_at_once);
  });
  chosen.more = chosen.orders.size() == redriven_at_once;
  if (chosen.more) chosen.next = chosen.orders.back();
  return chosen;
}

/// Why the order that is named cannot be driven on; nothing: it can.
std::optional<Response> objection(const host::Host& host, const Request& request,
                                  const RedriveRequest& wanted) {
  const std::string id = wanted.id->value().to_string();
  const auto order =
      host.read([&](storage::Session session) { return OrderStore(session).find(*wanted.id); });
  if (!order) {
    return problem(request, 404, "order-not-found", "There is no such order",
                   "There is no order " + id + " on this node.");
  }
  if (wanted.module != host.module() || !is_settled(*order)) return std::nullopt;
  return problem(request, 409, "order-final", "The order waits for nothing",
                 "Order " + id + " is " + std::string(to_string(order->status)) + ".");
}

json detail_of(const RedriveRequest& wanted, const RedriveCount& count) {
  json detail = {{"module", wanted.module}, {"orders", count.orders}};
  if (wanted.id) detail["orderId"] = wanted.id->value().to_string();
  if (wanted.older_than) {
    detail["olderThanMs"] =
        std::chrono::duration_cast<std::chrono::milliseconds>(*wanted.older_than).count();
  }
  if (wanted.since) detail["since"] = core::to_rfc3339(*wanted.since);
  return detail;
}

Response answer(const RedriveRequest& wanted, const Chosen& chosen, const RedriveCount& count) {
  json document = {{"orders", count.orders},
                   {"messages", count.messages},
                   {"unsent", count.unsent},
                   {"more", chosen.more},
                   {"asOf", core::to_rfc3339(*wanted.as_of)},
                   {"next", nullptr}};
  if (chosen.next) document["next"] = chosen.next->value().to_string();
  return host::json_response(202, document);
}

awaitable<Response> drive_on(const host::Host& host, const Request& request,
                             const RedriveRequest& wanted, core::Duration waited) {
  Chosen chosen;
  if (wanted.id) {
    if (auto objected = objection(host, request, wanted)) co_return std::move(*objected);
    chosen.orders = {*wanted.id};
  } else if (wanted.module == host.module()) {
    chosen = choose_open(host, wanted, waited);
  } else {
    chosen = choose_placed(host, wanted);
  }
  const auto body = [&](events::Turn& turn) {
    const RedriveCount count = wanted.module == host.module()
                                   ? redrive_orders(turn, host, chosen.orders)
                                   : redrive_for(turn, host, chosen.orders, wanted.module);
    host::keep_audit(turn, request, "orders.redrive", detail_of(wanted, count));
    return count;
  };
  const RedriveCount count = co_await host.write(request, body, events::Urgency::of_operator);
  co_return answer(wanted, chosen, count);
}

awaitable<Response> post_redrive(const host::Host& host, const Settings& settings,
                                 const Request& request) {
  json document = json::object();
  if (!request.body.empty()) {
    auto parsed = host::parse_json_body(request.body);
    if (!parsed) co_return host::malformed_json(request, parsed.error());
    document = std::move(*parsed);
  }
  auto wanted = parse_redrive_request(document);
  if (!wanted) {
    http::Problem invalid{422, "invalid-redrive", "The redrive is not valid",
                          "See errors for each field.", wanted.error()};
    co_return http::problem_response(request, invalid);
  }
  if (!host.may_miss(wanted->module)) {
    co_return problem(request, 409, "redrive-not-possible", "Nothing can be driven on",
                      "This node works with no other node on what module " + wanted->module +
                          " waits for: nothing is lost on the way.");
  }
  if (!wanted->as_of) wanted->as_of = host.clock().now();
  const core::Duration waited = wanted->older_than.value_or(settings.redrive_after);
  auto driving = drive_on(host, request, *wanted, waited);
  Response response = co_await std::move(driving);
  co_return response;
}

}  // namespace

void add_redrive_routes(host::Host& host, const Settings& settings) {
  host.route(
      http::Method::post, "/v1/admin/orders/redrive", http::Access::admin,
      [&host, &settings](Request& request) { return post_redrive(host, settings, request); });
}

}  // namespace orderflow::orders
