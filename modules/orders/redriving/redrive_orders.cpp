#include "redriving/redrive_orders.hpp"

#include "order_store.hpp"
#include "redriving/redrive_store.hpp"

namespace orderflow::orders {
namespace {

/// False: it is on its way.
bool send(events::Turn& turn, const host::Host& host, OrderId id, std::string_view module,
          RedriveCount& count) {
  const auto messages = host.redrive(turn, id.value().to_string(), module);
  if (!messages) return false;
  count.messages += *messages;
  ++(*messages > 0 ? count.orders : count.unsent);
  return true;
}

}  // namespace

RedriveCount redrive_orders(events::Turn& turn, const host::Host& host,
                            const std::vector<OrderId>& orders) {
  RedriveCount count;
  OrderStore store(turn.db());
  RedriveStore redrives(turn.db());
  for (const OrderId id : orders) {
    const auto order = store.find(id);
    if (!order || is_settled(*order)) continue;
    if (send(turn, host, id, host.module(), count)) redrives.note(id, turn.now());
  }
  return count;
}

RedriveCount redrive_for(events::Turn& turn, const host::Host& host,
                         const std::vector<OrderId>& orders, std::string_view module) {
  RedriveCount count;
  for (const OrderId id : orders)
    send(turn, host, id, module, count);
  return count;
}

}  // namespace orderflow::orders
