#include "held_order.hpp"

#include "order_store.hpp"
#include "wait_preference.hpp"

#include <string>
#include <utility>

namespace orderflow::orders {

boost::asio::awaitable<HeldOrder> hold_for_outcome(const RouteServices& services,
                                                   const http::Request& request, OrderId id,
                                                   std::optional<Order> known) {
  const auto read = [&] {
    return services.host.read([&](storage::Session session) { return find(session, id); });
  };
  HeldOrder held;
  std::optional<OrderWaiters::Place> place;
  if (const auto limit = wait_preference(request, services.settings.wait_max)) {
    auto entered = services.waiters.enter(id, services.host.clock().now() + *limit);
    if (entered) {
      place.emplace(std::move(*entered));
      held.applied = limit;
    }
  }
  if (!place) {
    held.order = known ? std::move(known) : read();
    co_return held;
  }
  for (;;) {
    held.order = read();
    if (!held.order || is_settled(*held.order)) co_return held;
    if (!co_await place->wait()) break;
  }
  held.order = read();
  co_return held;
}

void mark_held(http::Response& response, const HeldOrder& held) {
  if (!held.applied) return;
  response.headers.emplace_back("Preference-Applied",
                                "wait=" + std::to_string(held.applied->count()));
}

}  // namespace orderflow::orders
