#include "rabbitmq/settings.hpp"

#include "config/document.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace orderflow::rabbitmq {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> modules{"orders", "billing", "notifications", "users"};

Settings read(std::vector<std::string> environment) {
  config::Document document({.environment = std::move(environment)});
  Settings settings = read_settings(document.section("rabbitmq"), modules);
  document.check();
  return settings;
}

std::string problems_of(std::vector<std::string> environment) {
  try {
    read(std::move(environment));
    return {};
  } catch (const config::Invalid& e) {
    return e.what();
  }
}

TEST_CASE("without a broker there is no bridge, and every name has its default") {
  const Settings settings = read({});
  CHECK_FALSE(settings.on());
  CHECK(settings.exchange == "orderflow.events");
  CHECK(settings.dead_exchange == "orderflow.dead");
  CHECK(settings.queues.at("notifications") == "orderflow.notifications");
  CHECK(settings.envelope == bridge::Envelope::cloudevents);
  CHECK(settings.acknowledge == Acknowledge::processed);
  CHECK(settings.heartbeat == 20s);
}

TEST_CASE("the environment names broker and queues, with a password where it likes") {
  const Settings settings =
      read({"RABBIT_MQ_URI=amqp://ada:secret@broker:5672/shop", "RABBIT_MQ_BILLING_QUEUE=payments",
            "ORDERFLOW_RABBITMQ_QUEUES_USERS=people", "ORDERFLOW_RABBITMQ_PASSWORD=other",
            "ORDERFLOW_RABBITMQ_ENVELOPE=nest", "ORDERFLOW_RABBITMQ_SHARDS=4",
            "RABBIT_MQ_MONOCLE_QUEUE=not ours"});
  CHECK(settings.on());
  REQUIRE(settings.brokers.size() == 1);
  CHECK(settings.brokers[0].host == "broker");
  CHECK(settings.brokers[0].vhost == "shop");
  CHECK(settings.brokers[0].user == "ada");
  CHECK(settings.brokers[0].password == "other");
  CHECK(settings.queues.at("billing") == "payments");
  CHECK(settings.queues.at("users") == "people");
  CHECK(settings.envelope == bridge::Envelope::nest);
  CHECK(settings.shards == 4);
}

std::vector<std::string> hosts_of(const Settings& settings) {
  std::vector<std::string> hosts;
  for (const Address& broker : settings.brokers)
    hosts.push_back(broker.host + ":" + broker.password.value_or("-"));
  return hosts;
}

TEST_CASE("the brokers of a cluster are named in a list") {
  using Hosts = std::vector<std::string>;
  CHECK(hosts_of(read({"RABBIT_MQ_URI=amqp://a:one@h1,amqps://a:two@h2 , amqp://h3"})) ==
        Hosts{"h1:one", "h2:two", "h3:-"});
  CHECK(hosts_of(read({"RABBIT_MQ_URI=amqp://h1,amqp://h2", "ORDERFLOW_RABBITMQ_PASSWORD=p"})) ==
        Hosts{"h1:p", "h2:p"});
  // As before there were lists.
  CHECK(hosts_of(read({"RABBIT_MQ_URI=amqp://a:one,two@h1"})) == Hosts{"h1:one,two"});

  const test::TemporaryFolder folder;
  const auto file = folder.path() / "settings.json";
  std::ofstream(file) << R"({"rabbitmq": {"uri": ["amqp://a@h1", "amqp://a@h2:5673"]}})";
  config::Document document({.file = file});
  const Settings settings = read_settings(document.section("rabbitmq"), modules);
  document.check();
  CHECK(hosts_of(settings) == Hosts{"h1:-", "h2:-"});
  const ConnectionOptions options = connection_options(settings, "x", "1");
  CHECK(options.address.host == "h1");
  REQUIRE(options.others.size() == 1);
  CHECK(options.others[0].port == 5673);

  CHECK(problems_of({"RABBIT_MQ_URI=amqp://h1/a,amqp://h2/b"}).find("virtual hosts") !=
        std::string::npos);
  CHECK(problems_of({"RABBIT_MQ_URI=amqp://h1,amqp://"}).empty());
  std::string many = "RABBIT_MQ_URI=amqp://h";
  for (int i = 0; i < 16; ++i)
    many += ",amqp://h";
  CHECK(problems_of({many}).find("17 brokers") != std::string::npos);
}

TEST_CASE("passwords in a list of brokers are masked, and refused in the file") {
  CHECK(without_password("amqp://a:one@h1,amqp://h2,amqp://a:two@h3") ==
        "amqp://a:********@h1,amqp://h2,amqp://a:********@h3");
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "settings.json";
  std::ofstream(file) << R"({"rabbitmq": {"uri": ["amqp://h1", "amqp://ada:hunter2@h2"]}})";
  config::Document document({.file = file});
  CHECK_FALSE(read_settings(document.section("rabbitmq"), modules).on());
  CHECK_THROWS_WITH(document.check(), doctest::Contains("amqp://ada:********@h2"));
}

TEST_CASE("a password in the settings file is refused with the places where it belongs") {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "settings.json";
  std::ofstream(file) << R"({"rabbitmq": {"uri": "amqp://ada:hunter2@broker"}})";
  config::Document document({.file = file});
  CHECK_FALSE(read_settings(document.section("rabbitmq"), modules).on());
  std::string problems;
  try {
    document.check();
  } catch (const config::Invalid& e) {
    problems = e.what();
  }
  CHECK(problems.find("rabbitmq.uri: found \"amqp://ada:********@broker\"") != std::string::npos);
  CHECK(problems.find("RABBIT_MQ_URI") != std::string::npos);
  CHECK(problems.find("rabbitmq.passwordFile") != std::string::npos);
  CHECK(problems.find("hunter2") == std::string::npos);
}

TEST_CASE("passwords are masked, also in what is no URI") {
  CHECK(without_password("amqp://ada:hunter2@h") == "amqp://ada:********@h");
  CHECK(without_password("amqp://ada:hun@ter:2@h/v") == "amqp://ada:********@h/v");
  CHECK(without_password("ada:hunter2@h") == "ada:********@h");
  CHECK(without_password("amqp://ada@h") == std::nullopt);
  CHECK(without_password("amqp://h:5672/a") == std::nullopt);
  CHECK(without_password("amqp://:hunter2@h") == "amqp://:********@h");
  CHECK(problems_of({"RABBIT_MQ_URI=http://ada:hunter2@h"}).find("hunter2") == std::string::npos);
}

TEST_CASE("settings that do not go together are named") {
  const auto named = [](std::vector<std::string> environment, const std::string& key) {
    return problems_of(std::move(environment)).find(key) != std::string::npos;
  };
  CHECK(named({"RABBIT_MQ_URI=broker:5672"}, "rabbitmq.uri: \"broker:5672\""));
  CHECK(named({"RABBIT_MQ_BILLING_QUEUE=orderflow.orders"}, "rabbitmq.queues.orders"));
  CHECK(named({"RABBIT_MQ_BILLING_QUEUE=orderflow.orders.dead"}, "rabbitmq.queues.billing"));
  CHECK(named({"RABBIT_MQ_BILLING_QUEUE=amq.topic"}, "rabbitmq.queues.billing"));
  CHECK(named({"RABBIT_MQ_BILLING_QUEUE="}, "rabbitmq.queues.billing"));
  CHECK(named({"ORDERFLOW_RABBITMQ_EXCHANGE=orderflow.dead"}, "rabbitmq.deadExchange"));
  CHECK(named({"ORDERFLOW_RABBITMQ_TLS_KEY_FILE=/key"}, "rabbitmq.tls.certificateFile"));
  CHECK(named({"ORDERFLOW_RABBITMQ_RECONNECT_DELAY_MAX_MS=100"}, "rabbitmq.reconnect.delayMaxMs"));
  CHECK(named({"ORDERFLOW_RABBITMQ_SHARDS=65"}, "rabbitmq.shards"));
  CHECK(named({"ORDERFLOW_RABBITMQ_QUEUE_BILLING=x"}, "did you mean"));
}

}  // namespace
}  // namespace orderflow::rabbitmq
