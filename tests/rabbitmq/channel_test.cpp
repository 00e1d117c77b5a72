#include "rabbitmq/client/channel.hpp"

#include "test_connection.hpp"

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

/// Rolls its queue away at its end.
class OwnQueue {
 public:
  OwnQueue(Channel& channel, std::string name, const bridge::Fields& arguments = {})
      : channel_(channel), name_(std::move(name)) {
    channel_.declare_queue(name_, arguments);
  }
  ~OwnQueue() { channel_.delete_queue(name_); }
  OwnQueue(const OwnQueue&) = delete;
  OwnQueue& operator=(const OwnQueue&) = delete;

 private:
  Channel& channel_;
  std::string name_;
};

bridge::Message full_message() {
  return {.properties = {.message_id = "id-1",
                         .type = "order.created",
                         .correlation_id = "c-1",
                         .app_id = "orderflow",
                         .content_type = "application/json",
                         .timestamp_seconds = 1'700'000'000,
                         .persistent = true},
          .headers = {{"orderflow-key", "o-1"},
                      {"count", std::int64_t{1} << 40},
                      {"final", true},
                      {"empty", ""}},
          .body = std::string("{\"a\":\0}", 7)};
}

TEST_CASE("a message arrives with all its properties, headers and bytes") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel channel(connection);
  const OwnQueue queue(channel, "round-trip");
  const bridge::Message sent = full_message();
  channel.publish({.routing_key = "round-trip"}, sent, true);
  channel.set_prefetch(10);
  channel.consume("round-trip", "reader");

  const auto delivery = wait_for<Delivery>(connection);
  CHECK(delivery.channel == channel.number());
  CHECK(delivery.consumer_tag == "reader");
  CHECK_FALSE(delivery.redelivered);
  CHECK(delivery.route.exchange.empty());
  CHECK(delivery.route.routing_key == "round-trip");
  CHECK(delivery.message.properties.message_id == sent.properties.message_id);
  CHECK(delivery.message.properties.type == sent.properties.type);
  CHECK(delivery.message.properties.correlation_id == sent.properties.correlation_id);
  CHECK(delivery.message.properties.app_id == sent.properties.app_id);
  CHECK(delivery.message.properties.content_type == sent.properties.content_type);
  CHECK(delivery.message.properties.timestamp_seconds == sent.properties.timestamp_seconds);
  CHECK(delivery.message.properties.persistent);
  CHECK(delivery.message.headers == sent.headers);
  CHECK(delivery.message.body == sent.body);
  channel.acknowledge(delivery.tag, false);
}

TEST_CASE("a body of several frames arrives whole") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel channel(connection);
  const OwnQueue queue(channel, "large");
  std::string body;
  for (int i = 0; body.size() < 1'000'000; ++i)
    body += std::to_string(i);
  channel.publish({.routing_key = "large"}, {.body = body}, true);
  channel.consume("large", "reader");
  CHECK(wait_for<Delivery>(connection).message.body == body);
}

TEST_CASE("a mandatory message that no queue takes comes back before it is confirmed") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel channel(connection);
  channel.select_confirms();
  channel.publish({.routing_key = "no-such-queue"}, {.body = "lost?"}, true);
  const auto returned = connection.next(20s);
  REQUIRE(returned);
  REQUIRE(std::holds_alternative<Returned>(*returned));
  CHECK(std::get<Returned>(*returned).code == 312);
  CHECK(std::get<Returned>(*returned).route.routing_key == "no-such-queue");
  CHECK(std::get<Returned>(*returned).message.body == "lost?");
  CHECK(wait_for<Confirmed>(connection).tag == 1);
}

TEST_CASE("a rejected message comes again where it is requeued") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel channel(connection);
  const OwnQueue queue(channel, "rejected");
  channel.publish({.routing_key = "rejected"}, {.body = "x"}, true);
  channel.consume("rejected", "reader");
  channel.reject(wait_for<Delivery>(connection).tag, true);
  const auto again = wait_for<Delivery>(connection);
  CHECK(again.redelivered);
  channel.reject(again.tag, false);
  CHECK_FALSE(connection.next(200ms));
}

TEST_CASE("a declaration that clashes is refused and the connection stays open") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel first(connection);
  const OwnQueue queue(first, "clash", {{"x-queue-type", "quorum"}});

  Channel second(connection);
  std::optional<bridge::BrokerRefused> refusal;
  try {
    second.declare_queue("clash", {{"x-queue-type", "quorum"}, {"x-delivery-limit", 7}});
  } catch (const bridge::BrokerRefused& error) {
    refusal = error;
  }
  REQUIRE(refusal);
  CHECK(refusal->code() == 406);
  CHECK(contains(refusal->what(), "declaring queue clash"));
  CHECK(contains(refusal->what(), "x-delivery-limit"));

  Channel third(connection);
  CHECK(third.number() == second.number());
  CHECK(third.check_queue("clash").consumers == 0);
}

TEST_CASE("looking for what is not there is refused with 404") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  const auto code_of = [&](auto look) {
    Channel channel(connection);
    try {
      look(channel);
    } catch (const bridge::BrokerRefused& error) {
      return error.code();
    }
    channel.close();
    return 0;
  };
  CHECK(code_of([](Channel& channel) { channel.check_queue("none"); }) == 404);
  CHECK(code_of([](Channel& channel) { channel.check_exchange("none"); }) == 404);
  CHECK(code_of([](Channel& channel) { channel.check_exchange("amq.topic"); }) == 0);
  CHECK(code_of([](Channel& channel) { channel.consume("none", "reader"); }) == 404);
}

TEST_CASE("publishing to an exchange that is gone closes the channel") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel channel(connection);
  channel.publish({.exchange = "gone", .routing_key = "x"}, {}, false);
  const auto closed = wait_for<ChannelClosed>(connection);
  CHECK(closed.channel == channel.number());
  CHECK(closed.code == 404);
  CHECK(contains(closed.reason, "gone"));
}

TEST_CASE("a consumer whose queue is deleted is notified") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel consumer(connection);
  consumer.declare_queue("deleted");
  consumer.consume("deleted", "reader");
  Channel other(connection);
  other.delete_queue("deleted");
  CHECK(wait_for<ConsumerCancelled>(connection).consumer_tag == "reader");
}

TEST_CASE("a text for which AMQP has no room is refused before it is sent") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  Watchdog watchdog;
  Connection connection(options_for(broker->uri()), watchdog);
  Channel channel(connection);
  const std::string long_text(256, 'k');
  CHECK_THROWS_AS(channel.publish({.routing_key = long_text}, {}, false), std::length_error);
  CHECK_THROWS_AS(
      channel.publish({.routing_key = "x"}, {.properties = {.message_id = long_text}}, false),
      std::length_error);
  CHECK_THROWS_AS(channel.publish({.routing_key = "x"}, {.headers = {{long_text, "x"}}}, false),
                  std::length_error);
  CHECK_THROWS_AS(
      channel.publish({.routing_key = "x"}, {.headers = {{"x", std::string(200'000, 'x')}}}, false),
      std::length_error);
  CHECK(channel.declare_queue("still-there").messages == 0);
  channel.delete_queue("still-there");
}

}  // namespace
}  // namespace orderflow::rabbitmq
