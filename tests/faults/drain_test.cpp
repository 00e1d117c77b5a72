// A node is stopped in order while buyers order from it.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "faults/inspection.hpp"
#include "faults/load.hpp"
#include "storage/connection.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

/// Attempts that failed for another reason than that the simulated gateway is to fail.
std::string attempts_cut_off(const std::filesystem::path& data) {
  storage::Connection connection(data / "orderflow.db", storage::Connection::Mode::read_only);
  std::string text;
  auto rows = connection.session("event").query(
      "SELECT subscription || ' ' || seq || ': ' || error FROM event_attempt"
      " WHERE error IS NOT NULL AND error NOT LIKE 'the gateway failed at attempt %'");
  while (rows.next())
    text += rows.get<std::string>(0) + "\n";
  return text;
}

TEST_CASE(
    "a stop in mid-load drains: what was acknowledged is there, and nothing counts as failed") {
  TemporaryFolder folder;
  const Settings settings{{"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                          {"ORDERFLOW_NODE_DRAIN_LIMIT_MS", "300"},
                          {"ORDERFLOW_LOG_LEVEL", "warn"}};
  Load load(20261, 16, 5ms);
  for (int stops = 0; stops < 3; ++stops) {
    Node node(folder.path(), settings);
    load.serve(node.port());
    load.wait_for_more(sanitized ? 100 : 600, 120s);
    // Checks that the exit code is 0.
    node.stop();
    check_sound(folder.path());
    CHECK(attempts_cut_off(folder.path()).empty());
  }
  Node node(folder.path(), settings);
  load.serve(node.port());
  load.wait_for_first_answer(60s);
  const std::vector<Attempt> attempts = load.stop();
  HttpClient client(node.port());
  Inspection inspection(client, attempts);
  inspection.run(folder.path());
  INFO(inspection.findings().to_text());
  CHECK(inspection.findings().empty());
  MESSAGE(attempts.size() << " orders over 3 stops, "
                          << std::ranges::count(attempts, Attempt::Answer::acknowledged,
                                                &Attempt::answer)
                          << " acknowledged, "
                          << std::ranges::count(attempts, Attempt::Answer::none, &Attempt::answer)
                          << " without an answer, of which " << inspection.stored_unanswered()
                          << " are there");
  node.stop();
  check_sound(folder.path());
}

}  // namespace
}  // namespace orderflow::test
