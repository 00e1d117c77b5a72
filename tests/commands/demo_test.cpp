#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "commands/demo/demo_traffic.hpp"
#include "commands/shell.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const Settings quick{{"ORDERFLOW_BILLING_CAPTURE_RETRY_FIRST_DELAY_MS", "1"}};

TEST_CASE("the demo's orders become what they are meant to, and it waits until all are final") {
  TemporaryFolder folder;
  {
    Node node(folder.path(), quick);
    HttpClient client(node.port());
    const CommandOutput result =
        Shell(node.port()).run({"demo", "--count", "80", "--rate", "100", "--json"});
    CAPTURE(result.errors);
    REQUIRE(result.code == 0);
    const json demo = result.json();
    CAPTURE(demo.dump());
    CHECK(demo.at("placed") == 80);
    CHECK(demo.at("open") == 0);
    CHECK(demo.at("statuses") ==
          json{{"PROCESSED", 68}, {"CANCELED_FRAUD", 4}, {"PAYMENT_DECLINED", 8}});
    CHECK(demo.at("mails") == json{{"sent", 152}, {"failed", 8}});
    CHECK(get(client, "/v1/orders?status=PENDING").at("orders").empty());
    const json letters = get(client, "/v1/admin/dead-letters?limit=500").at("deadLetters");
    CHECK(letters.size() == demo.at("mails").at("failed"));
    for (const json& letter : letters)
      CHECK(letter.at("error") == "the domain .invalid reaches nobody");
  }
  check_sound(folder.path());
}

TEST_CASE("the demo shows people how the counts move") {
  TemporaryFolder folder;
  Node node(folder.path(), quick);
  const CommandOutput result = Shell(node.port()).run({"demo", "--for", "2.5", "--rate", "8"});
  CHECK(result.code == 0);
  CHECK(result.output.starts_with("placed "));
  CHECK(result.output.find("\nplaced ") != std::string::npos);
  CHECK(result.output.find("median time to the outcome") != std::string::npos);
  CHECK(result.output.find("OUTCOME") != std::string::npos);
}

TEST_CASE("Ctrl-C ends the demo, which reports what it has seen") {
  TemporaryFolder folder;
  Node node(folder.path(), quick);
  Process demo(Shell(node.port()).command({"demo", "--count", "100000", "--rate", "20"}));
  REQUIRE(demo.wait_for_line("placed", sanitized ? 90s : 30s));
  demo.send(SIGINT);
  CHECK(demo.wait(sanitized ? 90s : 30s) == ExitStatus{.code = 130});
  CHECK(demo.output().find("OUTCOME") != std::string::npos);
}

TEST_CASE("the same seed gives the same traffic, and every kind of it") {
  commands::DemoTraffic one(7);
  commands::DemoTraffic other(7);
  int declined = 0;
  int nowhere = 0;
  for (int i = 0; i < 60; ++i) {
    const json order = one.next();
    CHECK(order == other.next());
    declined += order.value("paymentMethod", "").starts_with("sim-decline") ? 1 : 0;
    nowhere += order.at("email").get<std::string>().ends_with(".invalid") ? 1 : 0;
  }
  CHECK(declined == 6);
  CHECK(nowhere == 3);
  CHECK(commands::DemoTraffic(8).next() != commands::DemoTraffic(7).next());
}

}  // namespace
}  // namespace orderflow::test
