// Orders that another node may have billed before: nobody pays twice, whatever became of that node.
#include "billing/contract/order_processed.hpp"
#include "events/received_event.hpp"
#include "late_gateway.hpp"
#include "module_over_gateway.hpp"
#include "orders/contract/order_cancel_requested.hpp"
#include "sample_order.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;

struct Unheard final : events::ReceptionObserver {
  void stored(const events::ReceivedBatch&, std::exception_ptr) noexcept override {}
  void chain_finished(events::CausalTracker::TrackingNumber) noexcept override {}
  void chain_refused(events::CausalTracker::TrackingNumber, const char*) noexcept override {}
};

/// A new node of billing, with a gateway that other nodes have used before.
struct NewTill {
  LateGateway gateway;
  std::shared_ptr<Unheard> unheard = std::make_shared<Unheard>();
  test::ModuleHarness harness{make_module_over(gateway)};

  NewTill() { harness.node().dispatcher().observe_chains(unheard); }

  void receive(core::Duration age, const std::string& wanted_by) {
    const orders::OrderCreated created = sample_order();
    events::ReceivedEvent event{.tracking_number = 1, .meta = {}, .payload = {}, .body = {}};
    event.meta.id = events::EventId{created.order_id.value()};
    event.meta.kind = orders::OrderCreated::kind;
    event.meta.key = order_id(1);
    event.meta.origin = "front/orders";
    event.meta.home = "front";
    event.meta.correlation_id = "c";
    event.meta.occurred_at = harness.clock.now() - age;
    event.meta.audience = "billing";
    event.meta.redriven = !wanted_by.empty();
    event.payload = nlohmann::json(created).dump();
    event.body = harness.node().catalog().read(event.meta.kind, 1, event.payload);
    event.wanted_by = wanted_by;
    harness.node().writer().submit(std::make_unique<events::ReceivedEventsWrite>(
        harness.node().dispatcher(),
        std::make_shared<const std::vector<events::ReceivedEvent>>(std::vector{event}), unheard));
    harness.run_until_idle();
  }
};

TEST_CASE("an order that comes for the first time is charged without a look at the books") {
  NewTill till;
  till.receive(1min, "");
  CHECK(till.gateway.resumed_charges == std::vector<bool>{false});
}

TEST_CASE("an order that is sent once more is looked up at the gateway before it is charged") {
  NewTill till;
  till.receive(1min, "orders");
  CHECK(till.gateway.resumed_charges == std::vector<bool>{true});
}

TEST_CASE("an order that comes hours late is looked up, and its key is as old as the order") {
  NewTill till;
  till.receive(25h, "");
  CHECK(till.gateway.resumed_charges == std::vector<bool>{true});
  REQUIRE(till.gateway.keys_since.size() == 1);
  CHECK(till.gateway.keys_since.front() == till.harness.clock.now() - 25h);
}

TEST_CASE("a canceled order that another node may have charged is looked up and paid back") {
  NewTill till;
  till.gateway.charge_answer = Approved{"pi_1"};
  till.harness.publish(
      "orders", order_id(1),
      orders::OrderCancelRequested{
          .order_id = test::id_of(order_id(1)), .user_id = core::UserId{"ann"}, .reason = "late"});
  till.harness.run_until_idle();
  till.receive(1min, "orders");
  CHECK(till.gateway.resumed_charges == std::vector<bool>{true});
  CHECK(till.gateway.refunds.size() == 1);
}

}  // namespace
}  // namespace orderflow::billing
