// A gateway that is away for a while parks the charges, costs them nothing, and all continues by
// itself.
#include "acceptance/support/orders.hpp"
#include "card_gateway.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <memory>

namespace orderflow::test {
namespace {

using nlohmann::json;

constexpr int orders = 30;

/// Two attempts are all there are, so that any that an outage uses up would show.
Settings with_few_attempts(Settings settings) {
  for (const auto& [name, value] : Settings{{"CAPTURE_RETRY_ATTEMPTS_MAX", "2"},
                                            {"CAPTURE_RETRY_FIRST_DELAY_MS", "20"},
                                            {"CAPTURE_RETRY_DELAY_MAX_MS", "50"},
                                            {"CAPTURE_DEADLINE_MS", "5000"},
                                            {"GATEWAY_CARD_CIRCUIT_FAILURES", "1"},
                                            {"GATEWAY_CARD_CIRCUIT_OPEN_MS", "50"},
                                            {"GATEWAY_CARD_CIRCUIT_OPEN_MAX_MS", "100"}})
    settings.emplace_back("ORDERFLOW_BILLING_" + name, value);
  return settings;
}

json card_destination(HttpClient& client) {
  const json answer = get(client, "/v1/admin/destinations");
  for (const json& destination : answer.at("destinations")) {
    if (destination.at("name") == "card gateway") return destination;
  }
  throw std::runtime_error("the card gateway is not among the destinations");
}

std::vector<std::string> place_some(HttpClient& client) {
  std::vector<std::string> placed;
  for (int i = 0; i < orders; ++i)
    placed.push_back(place(client, order_of("ann", 100 + i, "pm_card_visa")).at("id"));
  return placed;
}

void check_outage_passes(HttpClient& client, const std::function<void()>& end_outage) {
  const auto placed = place_some(client);
  wait_until("the circuit has opened ten times",
             [&] { return card_destination(client).at("opened") >= 10; });
  CHECK(card_destination(client).at("circuit") != "closed");
  const json capture = get(client, "/v1/admin/subscriptions/billing.capture");
  CHECK(capture.at("dead") == 0);
  CHECK(get(client, "/v1/orders?status=PENDING&limit=500").at("orders").size() == orders);

  end_outage();
  for (const std::string& order : placed) {
    CHECK(settled(client, order).at("status") == "PROCESSED");
    CHECK(payments_of(client, order).at(0).at("attempts") <= 2);
  }
  CHECK(card_destination(client).at("circuit") == "closed");
}

TEST_CASE("an outage in which requests get no answer uses up no attempts and heals by itself") {
  for (const std::string outage : {"drop", "status:503", "status:401"}) {
    CAPTURE(outage);
    TemporaryFolder folder;
    CardGatewayProcess gateway;
    gateway.behave({{"outage", outage}});
    Node node(folder.path(), with_few_attempts(gateway.settings()));
    HttpClient client(node.port());
    check_outage_passes(client, [&] { gateway.behave({{"outage", ""}}); });
    CHECK(gateway.books().at("intents").size() == orders);
  }
}

TEST_CASE("a gateway that does not listen uses up no attempts, and its return is noticed") {
  TemporaryFolder folder;
  auto gateway = std::make_unique<CardGatewayProcess>();
  const Settings settings = with_few_attempts(gateway->settings());
  const std::uint16_t port = gateway->port();
  gateway.reset();
  Node node(folder.path(), settings);
  HttpClient client(node.port());
  check_outage_passes(client, [&] {
    gateway = std::make_unique<CardGatewayProcess>(CardGatewayProcess::Options{.port = port});
  });
  CHECK(gateway->books().at("intents").size() == orders);
}

TEST_CASE("a gateway with too much to do that names no time is asked ever less often") {
  TemporaryFolder folder;
  CardGatewayProcess gateway;
  gateway.behave({{"outage", "status:429"}});
  Node node(folder.path(), gateway.settings());
  HttpClient client(node.port());
  const auto placed = place_some(client);
  wait_until("the gateway has been probed four times",
             [&] { return card_destination(client).at("opened") >= 4; });
  // Seven seconds are over: those that were sent side by side, and a probe after 1, 2 and 4 s for
  // each that may probe.
  CHECK(gateway.books().at("requests").at("turned_away") <= orders + 3 * 4);
  CHECK(card_destination(client).at("circuit") == "open");
  CHECK(card_destination(client).at("throttled") >= 4);
  CHECK(card_destination(client).at("failed") == 0);
  CHECK(get(client, "/v1/admin/subscriptions/billing.capture").at("dead") == 0);

  gateway.behave({{"outage", ""}});
  for (const std::string& order : placed) {
    CHECK(settled(client, order).at("status") == "PROCESSED");
    CHECK(payments_of(client, order).at(0).at("attempts") == 1);
  }
  CHECK(gateway.books().at("intents").size() == orders);
}

}  // namespace
}  // namespace orderflow::test
