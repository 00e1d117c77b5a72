#include "rabbitmq/queue_survey.hpp"

#include "test_connection.hpp"

#include <thread>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

QueueSurveyOptions survey_of(const std::string& uri) {
  return {.connection = options_for(uri),
          .dead_queues = {{"billing", "orderflow.billing.dead"}, {"users", "orderflow.users.dead"}},
          .shared_queues = {{"orders", "orderflow.orders"}},
          .every = 20ms};
}

/// Of the broker's counts, which come a while after what they count.
bool is_as_it_should_be(const bridge::UnconsumedQueues& queues) {
  return queues.dead.size() == 2 && queues.dead[0].messages == 2U &&
         queues.dead[1].messages == 0U && queues.abandoned.size() == 1 &&
         queues.abandoned[0].queue == "orderflow.orders.gone" && queues.abandoned[0].messages == 3;
}

TEST_CASE("a survey finds dead messages, and the queues of nodes that do not run") {
  test::RabbitmqBroker* broker = test::shared_broker();
  if (broker == nullptr) return;
  broker->add_vhost("survey");
  Watchdog watchdog;
  Connection connection(options_for(broker->uri("survey")), watchdog);
  Channel channel(connection);
  const auto fill = [&](const std::string& queue, int messages) {
    channel.declare_queue(queue);
    for (int i = 0; i < messages; ++i)
      channel.publish({.routing_key = queue}, {.body = "x"}, true);
  };
  fill("orderflow.billing.dead", 2);
  fill("orderflow.orders.gone", 3);
  fill("orderflow.orders.alive", 0);
  channel.consume("orderflow.orders.alive", "node");

  KnownNodes nodes("self");
  for (const char* node : {"gone", "alive", "nowhere", "self", ""})
    nodes.add("orders", node);
  nodes.add("billing", "without-a-queue");
  CHECK(nodes.all().size() == 4);
  QueueSurvey survey(survey_of(broker->uri("survey")), watchdog, nodes,
                     std::make_unique<core::SeededRandom>(1));
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!is_as_it_should_be(survey.status()) && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(5ms);
  CHECK(is_as_it_should_be(survey.status()));
  // What is not there is asked for once.
  for (const KnownNode& node : nodes.all())
    CHECK(node.node != "nowhere");
  survey.stop();
}

TEST_CASE("a survey that reaches no broker knows nothing, and ends") {
  Watchdog watchdog;
  KnownNodes nodes("self");
  QueueSurvey survey(survey_of("amqp://127.0.0.1:1"), watchdog, nodes,
                     std::make_unique<core::SeededRandom>(1));
  CHECK(survey.status().dead.size() == 2);
  CHECK_FALSE(survey.status().dead[0].messages);
  CHECK(survey.status().abandoned.empty());
  survey.stop();
}

TEST_CASE("a bounded number of nodes is known") {
  KnownNodes nodes("self");
  for (std::size_t i = 0; i < 2 * KnownNodes::nodes_max; ++i)
    nodes.add("orders", "node-" + std::to_string(i));
  CHECK(nodes.all().size() == KnownNodes::nodes_max);
}

}  // namespace
}  // namespace orderflow::rabbitmq
