#include "order_store.hpp"
#include "orders_alone.hpp"

#include "core/clock.hpp"

namespace orderflow::orders {
namespace {

using namespace std::chrono_literals;

struct WaitingShop : OrdersAlone {
  template <class Look>
  WaitingOrders look(const Look& look) {
    return harness.node().services().readers.read(
        "orders", [&](storage::Session session) { return look(OrderStore(session)); });
  }
  WaitingOrders pending(std::size_t count_max = 10) {
    return look([&](OrderStore store) { return store.pending(count_max); });
  }
  WaitingOrders to_be_canceled() {
    return look([](OrderStore store) { return store.to_be_canceled(10); });
  }
};

TEST_CASE("orders that wait to be settled are counted up to a bound, with the age of the oldest") {
  WaitingShop orders;
  CHECK(orders.pending().count == 0);
  CHECK_FALSE(orders.pending().oldest_since.has_value());
  const std::string first = orders.place()["id"];
  const core::Timestamp began = *orders.pending().oldest_since;
  orders.harness.advance(5s);
  orders.place();
  CHECK(orders.pending().count == 2);
  CHECK(orders.pending(1).count == 1);
  CHECK(*orders.pending().oldest_since == began);
  orders.process(first, billing::OrderResult::processed);
  CHECK(orders.pending().count == 1);
  CHECK(*orders.pending().oldest_since == began + 5s);
}

TEST_CASE("paid orders that are to be canceled wait from when that was asked for") {
  WaitingShop orders;
  const std::string id = orders.place()["id"];
  orders.process(id, billing::OrderResult::processed);
  CHECK(orders.to_be_canceled().count == 0);
  orders.harness.advance(3s);
  orders.cancel(id);
  CHECK(orders.to_be_canceled().count == 1);
  CHECK(orders.to_be_canceled().oldest_since.has_value());
  orders.refund(id);
  CHECK(orders.to_be_canceled().count == 0);
}

}  // namespace
}  // namespace orderflow::orders
