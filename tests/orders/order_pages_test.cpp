#include "orders_alone.hpp"

#include "order_store.hpp"

#include <set>

namespace orderflow::orders {
namespace {

using nlohmann::json;

/// 5,000 orders of ada, of which the first and the last two are processed.
struct ManyOrders : OrdersAlone {
  ManyOrders() {
    const std::string first = place()["id"];
    harness.write("orders", [](events::Turn& turn) {
      OrderStore store(turn.db());
      const Order before = store.page({}, {.limit = 1}).entries.at(0);
      for (int i = 0; i < 4'999; ++i) {
        Order order = before;
        order.id = OrderId{turn.new_id()};
        store.add(order);
      }
      for (const Order& order : store.page({}, {.limit = 2}).entries)
        store.set_status(order.id, OrderStatus::processed, {}, turn.now());
      store.set_status(before.id, OrderStatus::processed, {}, turn.now());
    });
  }
};

TEST_CASE_FIXTURE(ManyOrders,
                  "a page looks at a bounded number of orders, and all are found page by page") {
  for (const std::string filter : {"status=PROCESSED", "userId=ada&status=PROCESSED"}) {
    CAPTURE(filter);
    std::set<std::string> found;
    int pages = 0;
    bool had_empty_page = false;
    std::string target = "/v1/orders?" + filter;
    for (std::string next = target; !next.empty();) {
      const json page = get(next);
      for (const json& order : page["orders"])
        found.insert(order["id"].get<std::string>());
      had_empty_page = had_empty_page || page["orders"].empty();
      ++pages;
      REQUIRE(pages < 10);
      next = page["next"].is_null() ? "" : target + "&after=" + page["next"].get<std::string>();
    }
    CHECK(found.size() == 3);
    CHECK(pages == 3);
    CHECK(had_empty_page);
  }
}

TEST_CASE_FIXTURE(ManyOrders, "pages without a filter, or of a status with an index, are full") {
  const json all = get("/v1/orders?limit=500");
  CHECK(all["orders"].size() == 500);
  const json pending = get("/v1/orders?status=PENDING&limit=500");
  CHECK(pending["orders"].size() == 500);
  CHECK_FALSE(pending["next"].is_null());
  CHECK(get("/v1/orders?status=CANCELED")["next"].is_null());
}

}  // namespace
}  // namespace orderflow::orders
