#include "held_order.hpp"

#include "http/presence.hpp"
#include "order_store.hpp"
#include "wait_preference.hpp"

#include <string>
#include <utility>

namespace orderflow::orders {

boost::asio::awaitable<HeldOrder> wait_until_settled(const RouteServices& services,
                                                     const http::Request& request, OrderId id,
                                                     std::optional<Order> known) {
  const host::Host& host = services.host;
  HeldOrder held;
  // All of it once, and from then on what changes.
  const auto look = [&] {
    host.read([&](storage::Session session) {
      if (held.order) {
        OrderStore(session).refresh(*held.order);
      } else {
        held.order = OrderStore(session).find(id);
      }
    });
  };
  held.order = std::move(known);
  std::optional<OrderWaiters::Waiter> waiter;
  if (const auto limit = wait_preference(request, services.settings.wait_max)) {
    auto entered = services.waiters.enter(id, *limit);
    if (entered) {
      waiter.emplace(std::move(*entered));
      // A client that has gone waits for nothing.
      const auto give_up = [&waiter] { waiter->give_up(); };
      if (request.presence == nullptr || request.presence->watch(give_up)) {
        held.applied = limit;
      } else {
        waiter.reset();
      }
    }
  }
  if (!waiter) {
    if (!held.order) look();
    co_return held;
  }
  look();
  while (held.order && !is_settled(*held.order)) {
    const bool has_changed = co_await waiter->wait();
    look();
    if (!has_changed) break;
  }
  co_return held;
}

void mark_held(http::Response& response, const HeldOrder& held) {
  if (!held.applied) return;
  response.headers.emplace_back("Preference-Applied",
                                "wait=" + std::to_string(held.applied->count()));
}

}  // namespace orderflow::orders
