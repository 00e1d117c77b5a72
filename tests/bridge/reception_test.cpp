// What becomes of a message that comes, without a broker.
#include "bridge/reception.hpp"

#include "shop_subscriptions.hpp"

#include <doctest/doctest.h>

namespace orderflow::bridge {
namespace {

const ConsumedQueue shared{.name = "answers", .module = "orders", .shared = true};

Decision decide(const Message& message) {
  Reception reception("shop-1", 1 << 20, shop_subscriptions());
  return reception.decide(shared, message, sample_time());
}

Message answer_for(const std::string& home) {
  const nlohmann::json data = {{"orderId", sample_order},
                               {"userId", "ada"},
                               {"currency", "EUR"},
                               {"amount", 700},
                               {"status", "PROCESSED"}};
  return {.headers = {{"orderflow-home", home}},
          .body = nlohmann::json{{"pattern", "order.processed"}, {"data", data}}.dump()};
}

TEST_CASE("an answer for this node is taken in") {
  const Decision decision = decide(answer_for("shop-1"));
  REQUIRE(std::holds_alternative<Receive>(decision));
  CHECK(std::get<Receive>(decision).event.meta.audience == "orders");
}

TEST_CASE("an answer that is sent once more is taken in with its mark") {
  Message message = answer_for("shop-1");
  message.headers.emplace_back("orderflow-redrive", std::string("orders"));
  const Decision decision = decide(message);
  REQUIRE(std::holds_alternative<Receive>(decision));
  CHECK(std::get<Receive>(decision).event.wanted_by == "orders");
}

TEST_CASE("an answer for another node goes to that node's queue and to nobody else") {
  const Message message = answer_for("shop-2");
  const Decision decision = decide(message);
  REQUIRE(std::holds_alternative<PassOn>(decision));
  const auto& [home, passed] = std::get<PassOn>(decision);
  CHECK(home == "shop-2");
  CHECK(passed.body == message.body);
  CHECK(passed.headers == message.headers);
}

TEST_CASE("what is passed on has an id of its own, so that it is known when it comes back") {
  Message message = answer_for("shop-2");
  const auto id_of_passed = [&] {
    return std::get<PassOn>(decide(message)).message.properties.message_id;
  };
  const std::string id = id_of_passed();
  CHECK(core::Uuid::parse(id));
  message.headers = {{"orderflow-home", std::string("shop-1")}};
  CHECK(std::get<Receive>(decide(message)).event.meta.id.value().to_string() == id);
  message = answer_for("shop-2");
  message.properties.message_id = "invoice 7";
  CHECK(id_of_passed() == "invoice 7");
}

}  // namespace
}  // namespace orderflow::bridge
