// Orders that are not final in time are driven on: found, sent once more, and left alone again.
#include "events/remote/redrives.hpp"
#include "orders/contract/events.hpp"
#include "orders_alone.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::orders {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

/// A module that runs elsewhere.
class Elsewhere final : public host::Module {
 public:
  Elsewhere(std::string name, bool with_cancellations)
      : name_(std::move(name)), with_cancellations_(with_cancellations) {}
  std::string_view name() const noexcept override { return name_; }
  void configure(const config::Section&) override {}
  void describe(events::Catalog& catalog) const override {
    orders::describe_events(catalog);
    catalog.subscribe(name_, OrderCreated::kind);
    if (with_cancellations_) {
      catalog.subscribe(name_, OrderCancelRequested::kind, events::Distribution::every_node);
    } else {
      catalog.subscribe(name_, billing::OrderProcessed::kind);
    }
  }
  void install(host::Host&) override {}

 private:
  const std::string name_;
  const bool with_cancellations_;
};

struct Sink final : events::RelaySink {
  void relay(events::EventList) override {}
  bool redrive(events::Redrive again) override {
    for (const events::RedrivenEvent& event : again.events) {
      sent.push_back(std::string(event.event->kind()) + " to " + event.receiver + " for " +
                     again.wanted_by);
      keys.push_back(event.event->meta().key);
    }
    return true;
  }
  Names sent{};
  Names keys{};
};

/// A node of orders; billing and users are elsewhere, and the test tells what becomes of events.
struct FrontNode {
  Sink sink{};
  OrdersAlone orders;

  explicit FrontNode(const std::string& settings = "{}")
      : orders(modules(), settings, options(sink)) {
    orders.harness.host_only({"orders"});
    orders.harness.restart();
  }

  std::string place() {
    const std::string id = orders.place().at("id");
    confirm();
    return id;
  }

  /// All that was published has reached the broker.
  void confirm() {
    orders.harness.node().dispatcher().relay_confirmed(orders.harness.node().dispatcher().newest());
    orders.harness.run_until_idle();
  }

  /// Lets time pass in small steps, as the looks and their pauses need it.
  void pass(core::Duration time) {
    for (core::Duration step{0}; step < time; step += 20s) {
      orders.harness.advance(20s);
      confirm();
    }
  }

  Names taken() { return std::exchange(sink.sent, {}); }

  static std::vector<std::unique_ptr<host::Module>> modules() {
    std::vector<std::unique_ptr<host::Module>> all;
    all.push_back(make_module());
    all.push_back(std::make_unique<Elsewhere>("billing", true));
    all.push_back(std::make_unique<Elsewhere>("users", false));
    return all;
  }

  static host::NodeOptions options(Sink& sink) {
    host::NodeOptions made;
    made.relay = events::RelaySubscription{.sink = &sink};
    return made;
  }
};

const Names created_once{"order.created to billing for orders"};

TEST_CASE("an order that is not final in time is sent once more, to billing alone") {
  FrontNode node;
  node.place();
  node.pass(9min);
  CHECK(node.taken().empty());
  node.pass(2min);
  CHECK(node.taken() == created_once);
}

TEST_CASE("it is driven on at growing intervals, also across a restart") {
  FrontNode node;
  node.place();
  node.pass(11min);
  CHECK(node.taken() == created_once);
  node.orders.harness.restart();
  node.pass(8min);
  CHECK(node.taken().empty());
  node.pass(3min);
  CHECK(node.taken() == created_once);
  node.pass(18min);
  CHECK(node.taken().empty());
  node.pass(4min);
  CHECK(node.taken() == created_once);
  node.pass(30h);
  CHECK_MESSAGE(node.taken().size() <= 7, "ever less often");
}

TEST_CASE("a final order is left alone, and forgotten by those that were driven on") {
  FrontNode node;
  const std::string first = node.place();
  const std::string second = node.place();
  node.orders.process(first, billing::OrderResult::processed);
  node.pass(12min);
  CHECK(node.taken() == created_once);
  CHECK(node.sink.keys == Names{second});
  CHECK(node.orders.count("orders_redrive") == 1);
  node.orders.process(second, billing::OrderResult::payment_declined);
  node.pass(30min);
  CHECK(node.taken().empty());
  CHECK(node.orders.count("orders_redrive") == 0);
}

TEST_CASE("a paid order whose cancellation nobody has answered is driven on with its request") {
  FrontNode node;
  const std::string id = node.place();
  node.orders.process(id, billing::OrderResult::processed);
  node.pass(1h);
  CHECK(node.taken().empty());
  CHECK(node.orders.cancel(id).status == 202);
  node.confirm();
  node.pass(12min);
  CHECK(node.taken() == Names{"order.created to billing for orders",
                              "order.cancel_requested to billing for orders"});
  node.orders.refund(id);
  node.pass(1h);
  CHECK(node.taken().empty());
}

TEST_CASE("nothing is sent once more while what is published is late itself, nor soon after") {
  FrontNode node;
  node.place();
  node.orders.place();  // which the broker does not take
  node.orders.harness.advance(11min);
  node.orders.harness.advance(1min);
  node.orders.harness.advance(10min);
  CHECK(node.taken().empty());
  node.confirm();
  node.pass(8min);
  CHECK(node.taken().empty());
  node.pass(4min);
  CHECK(node.taken().size() == 2);
}

TEST_CASE("an order that a dead letter holds up is left to the operator") {
  FrontNode node;
  const std::string id = node.place();
  node.orders.harness.write("orders", [&](events::Turn& turn) {
    turn.db()
        .connection()
        .session(events::event_owner)
        .execute(
            "INSERT INTO event_delivery(subscription, seq, key, state, since)"
            " VALUES('orders.settle', 1, ?1, 'dead', 0)",
            id);
  });
  node.confirm();
  node.pass(30min);
  CHECK(node.taken().empty());
}

TEST_CASE("an order of a clock that was ahead is driven on without waiting for that time") {
  FrontNode node;
  node.orders.harness.clock.set(node.orders.harness.clock.now() + 24h);
  node.place();
  node.orders.harness.clock.set(node.orders.harness.clock.now() - 24h);
  node.orders.harness.restart();
  node.pass(3min);
  CHECK(node.taken() == created_once);
}

TEST_CASE("many orders are driven on a bounded number at a time") {
  FrontNode node;
  for (int n = 0; n < 200; ++n)
    node.orders.place();
  node.confirm();
  node.orders.harness.advance(10min);
  node.orders.harness.advance(1min);
  CHECK(node.sink.sent.size() <= 128);
  node.pass(3min);
  CHECK(node.sink.sent.size() == 200);
  std::ranges::sort(node.sink.keys);
  CHECK(std::ranges::unique(node.sink.keys).empty());
}

TEST_CASE("a node that hosts all that can answer drives nothing on") {
  OrdersAlone alone;
  alone.place();
  alone.harness.run_to_the_end(24h);
  CHECK(alone.count("orders_redrive") == 0);
}

/// What an operator asks for, and the answer.
struct Asked {
  unsigned status;
  nlohmann::json body;
};

Asked ask(OrdersAlone& orders, const nlohmann::json& wanted) {
  const auto response =
      orders.harness.call(http::Method::post, "/v1/admin/orders/redrive", wanted.dump());
  return {response.status, nlohmann::json::parse(response.body)};
}

TEST_CASE("an operator has orders driven on at once, and it is in the audit") {
  FrontNode node;
  const std::string id = node.place();
  CHECK(ask(node.orders, {{"orderId", id}}).status == 202);
  CHECK(node.taken() == created_once);
  CHECK(ask(node.orders, nlohmann::json::object()).body.at("orders") == 0);
  node.orders.harness.advance(1s);
  const Asked asked = ask(node.orders, {{"olderThanMs", 0}});
  CHECK(asked.status == 202);
  CHECK(asked.body.at("orders") == 1);
  CHECK(node.taken() == created_once);
  CHECK(node.orders.harness.rows("event",
                                 "SELECT count(*) FROM event_audit"
                                 " WHERE action = 'orders.redrive'") == Names{"3"});
}

TEST_CASE("an operator has everything sent again that another module may have missed") {
  FrontNode node;
  const std::string since = core::to_rfc3339(node.orders.harness.clock.now());
  for (int n = 0; n < 70; ++n)
    node.orders.place();
  node.confirm();
  Asked asked = ask(node.orders, {{"module", "users"}, {"since", since}});
  CHECK(asked.body.at("orders") == 64);
  CHECK(asked.body.at("more") == true);
  asked =
      ask(node.orders, {{"module", "users"}, {"since", since}, {"after", asked.body.at("next")}});
  CHECK(asked.body.at("orders") == 6);
  CHECK(asked.body.at("more") == false);
  // Billing is to send again what it has answered.
  CHECK(std::ranges::count(node.sink.sent, "order.created to users for users") == 70);
  CHECK(std::ranges::count(node.sink.sent, "order.created to billing for users") == 70);
}

TEST_CASE("what cannot be driven on is refused by name") {
  FrontNode node;
  const std::string id = node.place();
  node.orders.process(id, billing::OrderResult::processed);
  CHECK(ask(node.orders, {{"orderId", id}}).body.at("type") == "/problems/order-final");
  CHECK(ask(node.orders, {{"orderId", "0190aaaa-0000-7000-8000-00000000000a"}}).status == 404);
  CHECK(ask(node.orders, {{"module", "users"}}).status == 422);
  CHECK(ask(node.orders, {{"olderThanMs", -1}}).status == 422);
  OrdersAlone alone;
  CHECK(ask(alone, nlohmann::json::object()).body.at("type") == "/problems/redrive-not-possible");
}

}  // namespace
}  // namespace orderflow::orders
