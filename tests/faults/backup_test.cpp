// A node is backed up while buyers order from it at full rate, and another starts on the copy.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "acceptance/support/pages.hpp"
#include "faults/load.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <set>
#include <string>

namespace orderflow::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const Settings settings{{"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                        {"ORDERFLOW_LOG_LEVEL", "warn"}};

std::set<std::string> orders_in(HttpClient& client) {
  std::set<std::string> ids;
  for_each(client, "/v1/orders?", "orders", 500,
           [&](const json& order) { ids.insert(order.at("id").get<std::string>()); });
  return ids;
}

/// How many of those that were acknowledged before that time are not there.
std::size_t missing_of(const std::vector<Attempt>& attempts, Clock::time_point before,
                       const std::set<std::string>& there) {
  return static_cast<std::size_t>(std::ranges::count_if(attempts, [&](const Attempt& attempt) {
    return attempt.answer == Attempt::Answer::acknowledged && attempt.answered_at < before &&
           !there.contains(attempt.order_id);
  }));
}

TEST_CASE(
    "a backup under load holds all that was acknowledged before it, and a node starts on it") {
  TemporaryFolder folder;
  Node node(folder.path() / "data", settings);
  Load load(20262, 32, 0ms);
  load.serve(node.port());
  load.wait_for_more(sanitized ? 300 : 15'000, 240s);

  HttpClient client(node.port(), 240s);
  const auto asked = Clock::now();
  const std::size_t before = load.acknowledged();
  const HttpResponse answer = client.send("POST", "/v1/admin/backup", {}, "");
  const std::size_t meanwhile = load.acknowledged() - before;
  const auto took = Clock::now() - asked;
  REQUIRE(answer.status == 201);
  const json backup = answer.json();
  CHECK(backup.at("checked") == true);
  // The writer did not wait for it.
  CHECK(meanwhile > 0);
  load.wait_for_more(50, 60s);
  const std::vector<Attempt> attempts = load.stop();
  MESSAGE(backup.at("bytes").get<std::size_t>()
          << " bytes in " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
          << " ms; " << before << " orders before it, " << meanwhile << " meanwhile");

  const fs::path copy = backup.at("file").get<std::string>();
  CHECK(fs::file_size(copy) == backup.at("bytes"));
  const json list = get(client, "/v1/admin/backups").at("backups");
  REQUIRE(list.size() == 1);
  CHECK(list[0].at("file") == backup.at("file"));
  check_sound(copy);
  check_sound(folder.path() / "data");  // beside its node

  const fs::path restored = folder.path() / "restored";
  fs::create_directory(restored);
  fs::copy_file(copy, restored / "orderflow.db");
  Node second(restored, settings);
  HttpClient second_client(second.port());
  wait_until(
      "every order of the copy is final",
      [&] { return get(second_client, "/v1/orders?status=PENDING&limit=1").at("orders").empty(); },
      150s);
  CHECK(missing_of(attempts, asked, orders_in(second_client)) == 0);
  CHECK(settled(second_client, place(second_client, order_of("new", 100)).at("id")).at("status") ==
        "PROCESSED");
  second.stop();
  check_sound(restored);
}

TEST_CASE("a second backup at the same time is refused, and the first one is made") {
  TemporaryFolder folder;
  Node node(folder.path(), settings);
  HttpClient client(node.port());
  settled(client, place(client, order_of("ada", 100)).at("id"));
  int made = 0;
  int refused = 0;
  for (int round = 0; round < 50 && refused == 0; ++round) {
    std::vector<std::future<HttpResponse>> answers;
    for (int i = 0; i < 4; ++i) {
      answers.push_back(std::async(std::launch::async, [&] {
        return HttpClient(node.port()).send("POST", "/v1/admin/backup", {}, "");
      }));
    }
    for (auto& pending : answers) {
      const HttpResponse answer = pending.get();
      if (answer.status == 201) {
        ++made;
      } else {
        ++refused;
        CHECK(answer.status == 409);
        CHECK(answer.json().at("type") == "/problems/backup-running");
      }
    }
  }
  CHECK(made > 0);
  CHECK(refused > 0);
  CHECK(get(client, "/v1/admin/backups").at("backups").size() <= 7);
}

TEST_CASE("what a kill leaves of a backup is gone at the next start") {
  TemporaryFolder folder;
  {
    Node node(folder.path(), settings);
    fs::create_directory(folder.path() / "backups");
    node.kill();
  }
  const fs::path partial = folder.path() / "backups" / "orderflow-20260101T000000.000000Z.partial";
  fs::copy_file(folder.path() / "orderflow.db", partial);
  const Node node(folder.path(), settings);
  CHECK_FALSE(fs::exists(partial));
}

}  // namespace
}  // namespace orderflow::test
