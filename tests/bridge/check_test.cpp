#include "command_output.hpp"
#include "rabbitmq/client/channel.hpp"
#include "rabbitmq/client/connection.hpp"
#include "support/rabbitmq_broker.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace orderflow::test {
namespace {

using nlohmann::json;

CommandOutput check(const std::string& uri, const TemporaryFolder& folder,
                    const std::string& modules, Settings settings = {}) {
  settings.emplace_back("RABBIT_MQ_URI", uri);
  settings.emplace_back("ORDERFLOW_NODE_NAME", "shop-1");
  return run_orderflow({"bridge", "check", "--json", "--config", shipped_settings_file().string(),
                        "--data", folder.path().string(), "--modules", modules},
                       settings);
}

TEST_CASE("bridge check reports what is missing and declares nothing") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder folder;
  const CommandOutput result = check(broker->uri(), folder, "orders");
  CHECK(result.code == 1);
  const json report = json::parse(result.output);
  CHECK(report["ok"] == false);
  CHECK(report["mode"] == "split");
  CHECK(report["tls"] == false);
  CHECK(report["server"]["product"] == "RabbitMQ");
  CHECK(report["broker"].get<std::string>().find("guest:guest") == std::string::npos);
  CHECK(report["exchanges"].size() == 2);
  CHECK(report["queues"].size() == 11);
  for (const auto& queue : report["queues"])
    CHECK(queue["standing"] == "missing");
  CHECK_FALSE(contains(broker->control({"list_queues", "name", "--silent"}), "orderflow"));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("bridge check is content where everything is there") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder folder;
  broker->add_vhost("export");
  rabbitmq::Watchdog watchdog;
  rabbitmq::Connection connection({.address = rabbitmq::parse_address(broker->uri("export"))},
                                  watchdog);
  rabbitmq::Channel(connection).declare_exchange("orderflow.events", "topic");
  const CommandOutput result =
      check(broker->uri("export"), folder, "orders,billing,notifications,users");
  CHECK(result.code == 0);
  const json report = json::parse(result.output);
  CHECK(report["ok"] == true);
  CHECK(report["mode"] == "export");
  CHECK_FALSE(report.contains("relay"));
}

TEST_CASE("bridge check names a clash, a wrong password and an unknown virtual host") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  const TemporaryFolder folder;
  broker->add_vhost("clash");
  rabbitmq::Watchdog watchdog;
  rabbitmq::Connection connection({.address = rabbitmq::parse_address(broker->uri("clash"))},
                                  watchdog);
  rabbitmq::Channel(connection).declare_queue("orderflow.users");
  const CommandOutput clash = check(broker->uri("clash"), folder, "users");
  CHECK(clash.code == 1);
  CHECK(contains(clash.output, "the queue orderflow.users stands on the broker otherwise"));
  const CommandOutput login =
      check(broker->uri(), folder, "users", {{"ORDERFLOW_RABBITMQ_PASSWORD", "wrong-secret"}});
  CHECK(login.code == 1);
  CHECK(contains(login.output, "failure"));
  CHECK_FALSE(contains(login.output, "wrong-secret"));
  const CommandOutput vhost = check(broker->uri("nowhere"), folder, "users");
  CHECK(vhost.code == 1);
  CHECK(contains(vhost.output, "nowhere"));
}

TEST_CASE("bridge check asks for a broker, and for sound settings") {
  const TemporaryFolder folder;
  CHECK(check("", folder, "users").code == 2);
  CHECK(check("http://broker", folder, "users").code == 2);
  const CommandOutput away = check("amqp://127.0.0.1:1", folder, "users");
  CHECK(json::parse(away.output).at("notSent").empty());
  const CommandOutput billing = check("amqp://127.0.0.1:1", folder, "billing");
  CHECK(json::parse(billing.output).at("notSent") ==
        json({"payment.refund_requested", "payment.requested", "payment.statement_requested"}));
  CHECK(away.code == 1);
  CHECK(contains(away.output, "127.0.0.1"));
}

TEST_CASE("bridge requeue moves the dead back and reports how many") {
  RabbitmqBroker* broker = shared_broker();
  if (broker == nullptr) return;
  broker->add_vhost("requeue");
  const Settings settings{{"RABBIT_MQ_URI", broker->uri("requeue")}};
  const auto requeue = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"bridge", "requeue", "--config", shipped_settings_file().string()});
    return run_orderflow(std::move(arguments), settings);
  };
  CHECK(requeue({"users"}).code == 1);
  CHECK(requeue({"monocle"}).code == 2);
  rabbitmq::Watchdog watchdog;
  rabbitmq::Connection connection({.address = rabbitmq::parse_address(broker->uri("requeue"))},
                                  watchdog);
  rabbitmq::Channel channel(connection);
  channel.declare_queue("orderflow.users");
  channel.declare_queue("orderflow.users.dead");
  channel.select_confirms();
  for (int i = 0; i < 3; ++i) {
    channel.publish({.routing_key = "orderflow.users.dead"}, {.body = "{}"}, true);
    while (!connection.next(std::chrono::seconds(20)))
      ;
  }
  const CommandOutput result = requeue({"users", "--limit", "2"});
  CHECK(result.code == 0);
  CHECK(result.output == "2 messages moved from orderflow.users.dead\n");
  CHECK(requeue({"users"}).output == "1 messages moved from orderflow.users.dead\n");
  CHECK(channel.check_queue("orderflow.users").messages == 3);
}

}  // namespace
}  // namespace orderflow::test
