// Every route of the real executable is asked, for what it gives and for what it refuses, and each
// answer is compared with /openapi.json.
#include "acceptance/support/node.hpp"
#include "storage/connection.hpp"
#include "support/temporary_folder.hpp"
#include "walks.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>

namespace orderflow::test {
namespace {

/// An order with sim-fail dies at its first attempt, a webhook's delivery at its second.
const Settings hasty{{"ORDERFLOW_BILLING_CAPTURE_RETRY_ATTEMPTS_MAX", "1"},
                     {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_ALLOW_PRIVATE", "true"},
                     {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_MAX_ENDPOINTS", "2"},
                     {"ORDERFLOW_NOTIFICATIONS_WEBHOOKS_RETRY_DELAYS", "1ms"},
                     {"ORDERFLOW_NOTIFICATIONS_UNSUBSCRIBE_URL", "https://shop.example"},
                     {"ORDERFLOW_HTTP_MAX_BODY_BYTES", "65536"}};

/// Makes a database with the cursor of a subscription that this version does not have.
void leave_retired_cursor(const std::filesystem::path& data) {
  {
    Node node(data);
    node.stop();
  }
  storage::Connection connection(data / "orderflow.db", storage::Connection::Mode::read_write);
  connection.session("event").execute("INSERT INTO event_subscription(name, cursor) VALUES(?1, 0)",
                                      retired);
}

TEST_CASE("every answer there can be is as the contract describes it") {
  TemporaryFolder folder;
  leave_retired_cursor(folder.path());
  Node node(folder.path(), hasty);
  ApiContract contract = served_contract(node.port());
  CHECK_FALSE(contract.document().contains("x-undescribed"));
  ContractClient client(node.port(), contract);
  walk_orders(client);
  walk_payments(client);
  walk_notifications(client, folder.path());
  walk_webhooks(client);
  walk_subscriptions(client);
  walk_dead_letters(client);
  walk_events(client);
  walk_node(client);
  if (contract.document().at("paths").contains("/")) walk_page(client);
  walk_refusals(client);
  // What it takes to see these is done elsewhere, or cannot be brought about from outside.
  const std::set<std::string> elsewhere{"requestRefund too-many-refunds",
                                        "streamEvents 200",
                                        "redriveOrders 202",
                                        "redriveOrders order-final",
                                        "redriveOrders order-not-found",
                                        "makeBackup backup-running",
                                        "makeBackup backup-no-space",
                                        "makeBackup backup-failed",
                                        "discardDeadLetter not-possible",
                                        "replayDeadLetter not-possible",
                                        "replayDeadLetters not-possible",
                                        "getMail mail-not-kept",
                                        "getPageFile 200",
                                        "getPageFile encoding-not-acceptable"};
  for (const std::string& answer : contract.unseen()) {
    const bool is_of_keys = answer.find("Key") != std::string::npos;
    CHECK_MESSAGE((elsewhere.contains(answer) || is_of_keys), "described and never seen: ", answer);
  }
}

}  // namespace
}  // namespace orderflow::test
