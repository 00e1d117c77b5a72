// What an operator may edit in a dead letter.
#include "operator.hpp"

#include "events/delivery/edit.hpp"

#include <doctest/doctest.h>

#include <array>
#include <stdexcept>

namespace orderflow::events {
namespace {

using nlohmann::json;
using Lines = std::vector<std::string>;
using Reason = Refusal::Reason;

const std::string sell = "shop.sell";

/// A sale. What it costs is settled; where the bill goes may be corrected.
struct Sold {
  static constexpr std::string_view kind = "book.sold";
  static constexpr int version = 1;
  static constexpr std::array<std::string_view, 1> editable{"email"};
  json document;
};
void to_json(json& document, const Sold& sold) {
  document = sold.document;
}
void from_json(const json& document, Sold& sold) {
  sold.document = document;
}

const json sale = {{"amount", 5000},
                   {"currency", "EUR"},
                   {"email", "anne@example.com"},
                   {"note", "a gift"},
                   {"items", {{{"price", 2000}}, {{"price", 3000}}}}};

class Shop final : public host::Module {
 public:
  explicit Shop(ProbeModule::Install install) : install_(std::move(install)) {}
  std::string_view name() const noexcept override { return "shop"; }
  void configure(const config::Section&) override {}
  void describe(Catalog& catalog) const override {
    catalog.add_schema(Sold::kind, 1, R"({"properties": {"email": {"type": "string"}}})");
    catalog.add<Sold>("shop");
  }
  void install(host::Host& host) override { install_(host); }

 private:
  ProbeModule::Install install_;
};

/// A shop whose effect fails until it is to succeed. It reads the payload as it stands.
struct Counter {
  explicit Counter(bool prepares = true) {
    effect.name = events::sell;
    effect.kinds = {std::string(Sold::kind)};
    if (prepares) {
      effect.prepare = [](const Event& event, EffectContext& context, Turn&) {
        context.note = "prepared " + event.payload();
        return true;
      };
    }
    effect.perform = [this](const Event& event,
                            const EffectContext& context) -> boost::asio::awaitable<AttemptResult> {
      sold.push_back(event.payload());
      notes.push_back(context.note);
      if (!succeeds) co_return AttemptResult::permanent_failure("out of stock");
      co_return AttemptResult::success();
    };
    effect.on_dead = [this](const Event& event, const std::string&, Turn&) {
      given_up.push_back(event.as<Sold>().document.dump());
    };
    effect.discarded = [this](const Event& event, const std::string&, Turn&) {
      discarded.push_back(event.as<Sold>().document.dump());
    };
    effect.assumed_result = [](const Event&) { return AttemptResult::success(); };
  }

  /// Sells, which fails.
  void sell(test::ModuleHarness& harness) {
    harness.publish("shop", "order-1", Sold{sale});
    harness.run_to_the_end();
    REQUIRE(harness.status(events::sell).record.dead == 1);
    REQUIRE(sold.size() == 1);
  }

  EffectSubscription effect;
  bool succeeds = false;
  Lines sold{};
  Lines notes{};
  Lines given_up{};
  Lines discarded{};
};

/// With a table for what the subscription does with an edit.
test::ModuleHarness node_of(const EffectSubscription& effect) {
  std::vector<std::unique_ptr<host::Module>> modules;
  modules.push_back(std::make_unique<Shop>([effect](host::Host& host) { host.subscribe(effect); }));
  return test::ModuleHarness(
      std::move(modules), "{}",
      {{"shop", 1, "bills", "CREATE TABLE shop_bill(email TEXT NOT NULL) STRICT"}});
}

json with(const char* pointer, const json& value) {
  json edited = sale;
  edited[json::json_pointer(pointer)] = value;
  return edited;
}

json without(const char* member) {
  json edited = sale;
  edited.erase(member);
  return edited;
}

Lines pointers_of(const core::FieldErrors& errors) {
  Lines pointers;
  for (const auto& error : errors)
    pointers.push_back(error.pointer);
  return pointers;
}

/// Writes an edit down that nobody has looked at, as an older program might have.
void edit_by_hand(test::ModuleHarness& harness, const std::string& payload) {
  harness.write(event_owner, [&](Turn& turn) {
    turn.db().execute("UPDATE event_delivery SET payload = ?1", payload);
  });
}

TEST_CASE("an edit changes what the event's type marks as editable, and nothing else") {
  Counter counter;
  auto harness = node_of(counter.effect);
  Operator operator_(harness);
  counter.sell(harness);
  json two = with("/amount", 100);
  two["currency"] = "USD";
  const std::vector<std::pair<json, Lines>> edits{{with("/amount", 100), {"/amount"}},
                                                  {with("/amount", 5000.0), {"/amount"}},
                                                  {with("/amount", "5000"), {"/amount"}},
                                                  {with("/items/1/price", 1), {"/items/1/price"}},
                                                  {with("/items", json::array()), {"/items"}},
                                                  {with("/items/0/email", "x"), {"/items/0/email"}},
                                                  {with("/extra", 1), {"/extra"}},
                                                  {without("note"), {"/note"}},
                                                  {json(7), {""}},
                                                  {two, {"/amount", "/currency"}}};
  for (const auto& [payload, pointers] : edits) {
    const std::string shown = payload.dump();
    CAPTURE(shown);
    for (const bool dry : {false, true}) {
      const auto refused = dry ? operator_.dry_run(sell, 1, payload).error()
                               : operator_.replay(sell, 1, payload).error();
      CHECK(refused.reason == Reason::not_valid);
      CHECK(pointers_of(refused.errors) == pointers);
      CHECK(refused.detail.find("may edit /email alone") != std::string::npos);
    }
  }
  CHECK(harness.status(sell).record.dead == 1);
  CHECK(counter.sold.size() == 1);

  counter.succeeds = true;
  CHECK(operator_.dry_run(sell, 1, with("/email", "ann@example.com")).has_value());
  CHECK(operator_.replay(sell, 1, with("/email", "ann@example.com")).has_value());
  harness.run_to_the_end();
  CHECK(json::parse(counter.sold.back()) == with("/email", "ann@example.com"));
  CHECK(harness.status(sell).record.rows() == 0);
}

TEST_CASE("a member that may be edited may also be left away or be new") {
  CHECK(forbidden_changes(sale, without("email"), {"email"}).empty());
  CHECK(forbidden_changes(without("email"), sale, {"email"}).empty());
  CHECK(forbidden_changes(sale, sale, {}).empty());
  CHECK(pointers_of(forbidden_changes(sale, without("email"), {})) == Lines{"/email"});
}

TEST_CASE("numbers that are written otherwise are not the same, however near") {
  const json logged = json::parse(R"({"amount": 9007199254740993})");
  for (const char* text :
       {R"({"amount": 9007199254740992.0})", R"({"amount": 9007199254740992})"}) {
    CHECK(pointers_of(forbidden_changes(logged, json::parse(text), {})) == Lines{"/amount"});
  }
}

TEST_CASE("of an edit that changes everything twenty changes are reported") {
  json logged = json::object();
  json edited = json::object();
  for (int n = 0; n < 1'000; ++n) {
    logged["old-" + std::to_string(n)] = n;
    edited["new-" + std::to_string(n)] = {n, n, n};
  }
  CHECK(forbidden_changes(logged, edited, {}).size() == 20);
}

TEST_CASE(
    "an edit that nobody has reviewed is never performed: it is dead at once, with that reason") {
  for (const bool prepares : {true, false}) {
    CAPTURE(prepares);
    Counter counter(prepares);
    auto harness = node_of(counter.effect);
    Operator operator_(harness);
    counter.sell(harness);
    counter.succeeds = true;
    for (const std::string& payload : {with("/amount", 100).dump(), std::string("{")}) {
      CAPTURE(payload);
      edit_by_hand(harness, payload);
      const auto dry = operator_.dry_run(sell, 1);
      CHECK((!dry || !dry->error.empty()));
      CHECK(operator_.replay(sell, 1).has_value());
      harness.run_to_the_end();
      CHECK(counter.sold.size() == 1);
      CHECK(harness.status(sell).record.dead == 1);
    }
    edit_by_hand(harness, with("/amount", 100).dump());
    CHECK(operator_.replay(sell, 1).has_value());
    harness.run_to_the_end();
    CHECK(harness.rows("event",
                       "SELECT error LIKE '%was edited where it may not be: /amount'"
                       " FROM event_delivery") == Lines{"1"});
    // Each death was reported with the event that the log holds.
    CHECK(counter.given_up == Lines(4, sale.dump()));

    CHECK(operator_.replay(sell, 1, with("/email", "ann@example.com")).has_value());
    harness.run_to_the_end();
    CHECK(json::parse(counter.sold.back()) == with("/email", "ann@example.com"));
  }
}

TEST_CASE("a handler never sees an edit that nobody has reviewed") {
  Lines handled;
  bool fails = true;
  test::ModuleHarness harness(std::make_unique<Shop>([&](host::Host& host) {
    TransactionalSubscription handler;
    handler.name = sell;
    handler.kinds = {std::string(Sold::kind)};
    handler.handle = [&](const Event& event, Turn&) {
      if (fails) throw PermanentFailure("out of stock");
      handled.push_back(event.payload());
    };
    host.subscribe(std::move(handler));
  }));
  Operator operator_(harness);
  harness.publish("shop", "order-1", Sold{sale});
  harness.run_to_the_end();
  fails = false;
  edit_by_hand(harness, with("/amount", 100).dump());
  CHECK(operator_.dry_run(sell, 1)->error.ends_with("where it may not be: /amount"));
  CHECK(operator_.replay(sell, 1).has_value());
  harness.run_to_the_end();
  CHECK(handled.empty());
  CHECK(harness.status(sell).record.dead == 1);
}

TEST_CASE("several edits of which one is forbidden are tried each by itself") {
  Counter counter;
  auto harness = node_of(counter.effect);
  Operator operator_(harness);
  for (const char* key : {"order-1", "order-2", "order-3"})
    harness.publish("shop", key, Sold{sale});
  harness.run_to_the_end();
  counter.succeeds = true;
  harness.write(event_owner, [&](Turn& turn) {
    turn.db().execute("UPDATE event_delivery SET payload = ?1 WHERE seq = 2",
                      with("/amount", 100).dump());
  });
  CHECK(operator_.replay_all({}).has_value());
  harness.run_to_the_end();
  CHECK(counter.sold.size() == 5);
  CHECK(harness.rows("event", "SELECT seq FROM event_delivery WHERE state = 'dead'") == Lines{"2"});
}

TEST_CASE("a letter with a forbidden edit is discarded with the payload of the log") {
  Counter counter;
  auto harness = node_of(counter.effect);
  Operator operator_(harness);
  counter.sell(harness);
  edit_by_hand(harness, with("/amount", 100).dump());
  CHECK(operator_.discard(sell, 1).has_value());
  CHECK(counter.discarded == Lines{sale.dump()});
}

TEST_CASE("a subscription may refuse an edit that the event's type allows") {
  Counter counter;
  counter.effect.review_edit = [](const Event& edited) -> boost::asio::awaitable<EditDecision> {
    if (edited.as<Sold>().document.at("email") == "") {
      co_return EditDecision::refused("The bill must go somewhere.");
    }
    co_return EditDecision::permitted();
  };
  auto harness = node_of(counter.effect);
  Operator operator_(harness);
  counter.sell(harness);
  for (const bool dry : {false, true}) {
    const auto refused = dry ? operator_.dry_run(sell, 1, with("/email", "")).error()
                             : operator_.replay(sell, 1, with("/email", "")).error();
    CHECK(refused.reason == Reason::not_possible);
    CHECK(refused.detail == "The bill must go somewhere.");
  }
  CHECK(harness.status(sell).record.dead == 1);
  CHECK(operator_.replay(sell, 1, with("/email", "ann@example.com")).has_value());
}

TEST_CASE("what a subscription does with an edit is in the commit that replays it, or nowhere") {
  bool holds = true;
  Counter counter;
  counter.effect.review_edit = [&](const Event&) -> boost::asio::awaitable<EditDecision> {
    auto accept = [&](Turn& turn) {
      turn.db().execute("INSERT INTO shop_bill(email) VALUES ('ann@example.com')");
      if (!holds) throw EditRefused("It has been sold meanwhile.");
    };
    co_return EditDecision::permitted(accept);
  };
  const auto bills = [](test::ModuleHarness& harness) {
    return harness.rows("shop", "SELECT email FROM shop_bill").size();
  };
  auto harness = node_of(counter.effect);
  Operator operator_(harness);
  counter.sell(harness);
  const auto dry = operator_.dry_run(sell, 1, with("/email", "ann@example.com"));
  REQUIRE(dry.has_value());
  CHECK(dry->rows.size() == 1);
  CHECK(bills(harness) == 0);

  holds = false;
  for (const bool is_dry : {false, true}) {
    const auto refused = is_dry
                             ? operator_.dry_run(sell, 1, with("/email", "ann@example.com")).error()
                             : operator_.replay(sell, 1, with("/email", "ann@example.com")).error();
    CHECK(refused.reason == Reason::not_possible);
    CHECK(refused.detail == "It has been sold meanwhile.");
  }
  CHECK(bills(harness) == 0);
  CHECK(harness.status(sell).record.dead == 1);
  CHECK(harness.rows("event", "SELECT action FROM event_audit").empty());

  holds = true;
  CHECK(operator_.replay(sell, 1, with("/email", "ann@example.com")).has_value());
  CHECK(bills(harness) == 1);
}

TEST_CASE(
    "what a subscription does with an edit publishes no event, which the attempt could not "
    "publish") {
  Counter counter;
  counter.effect.review_edit = [](const Event&) -> boost::asio::awaitable<EditDecision> {
    co_return EditDecision::permitted([](Turn& turn) { turn.publish("order-1", Sold{sale}); });
  };
  auto harness = node_of(counter.effect);
  Operator operator_(harness);
  counter.sell(harness);
  CHECK_THROWS_AS(operator_.replay(sell, 1, with("/email", "ann@example.com")), std::logic_error);
  CHECK(harness.log().size() == 1);
  CHECK(harness.status(sell).record.dead == 1);
}

TEST_CASE("what the preparation of an attempt notes is there when it is performed") {
  Counter counter;
  auto harness = node_of(counter.effect);
  counter.sell(harness);
  CHECK(counter.notes == Lines{"prepared " + sale.dump()});
}

/// Marks a member that its schema does not have.
struct Misspelt {
  static constexpr std::string_view kind = "book.misspelt";
  static constexpr int version = 1;
  static constexpr std::array<std::string_view, 1> editable{"e-mail"};
};
void from_json(const json&, Misspelt&) {}

TEST_CASE("a type cannot mark a member as editable that its schema does not have") {
  Catalog catalog;
  catalog.add_schema(Misspelt::kind, 1, R"({"properties": {"email": {}}})");
  CHECK_THROWS_AS(catalog.add<Misspelt>("shop"), std::logic_error);
}

}  // namespace
}  // namespace orderflow::events
