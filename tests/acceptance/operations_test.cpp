// What an operator does with a running node: sees what failed, fixes it, pauses and resumes.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;

/// Two attempts to charge, one right after the other: an order with sim-fail-2 dies once.
const Settings impatient{{"ORDERFLOW_BILLING_CAPTURE_RETRY_ATTEMPTS_MAX", "2"},
                         {"ORDERFLOW_BILLING_CAPTURE_RETRY_FIRST_DELAY_MS", "1"}};

json dead_letters(HttpClient& client, std::size_t count) {
  json letters;
  wait_until(std::to_string(count) + " letters are dead", [&] {
    letters = get(client, "/v1/admin/dead-letters").at("deadLetters");
    return letters.size() == count;
  });
  return letters;
}

HttpResponse post_nothing(HttpClient& client, const std::string& target) {
  return client.send("POST", target, {}, "");
}

TEST_CASE("a charge that died is inspected, run dry, replayed, and its order is processed") {
  TemporaryFolder folder;
  Node node(folder.path(), impatient);
  HttpClient client(node.port());
  const std::string order = place(client, order_of("u-1", 700, "sim-fail-2")).at("id");
  const json letter = dead_letters(client, 1).at(0);
  CHECK(letter.at("key") == order);
  CHECK(letter.at("attempts") == 2);
  CHECK(letter.at("error") == "the gateway failed at attempt 2");
  const std::string target = "/v1/admin/dead-letters/" + letter.at("id").get<std::string>();

  const json detail = get(client, target);
  CHECK(detail.at("history").size() == 2);
  CHECK(detail.at("payload").at("orderId") == order);
  CHECK(detail.at("event").at("type") == "payment.requested");
  CHECK(get(client, "/v1/orders/" + order).at("status") == "PENDING");

  const HttpResponse nonsense = client.post(target + "/replay", {{"payload", {{"a", 1}}}});
  CHECK(nonsense.status == 422);
  CHECK(nonsense.json().at("type") == "/problems/invalid-payload");
  CHECK(post_nothing(client, target + "/replay").status == 202);
  CHECK(settled(client, order).at("status") == "PROCESSED");
  CHECK(post_nothing(client, target + "/replay").status == 409);
  CHECK(client.get(target).status == 404);
  const json audit = get(client, "/v1/admin/audit").at("entries");
  REQUIRE(audit.size() == 3);
  CHECK(audit[0].at("action") == "refused");
  CHECK(audit[1].at("action") == "replay");
  CHECK(audit[1].at("key") == order);
  CHECK(audit[2].at("detail").at("status") == 422);
}

TEST_CASE("of a dead charge the payment method is edited, and what it is over is not") {
  TemporaryFolder folder;
  {
    Node node(folder.path(), impatient);
    HttpClient client(node.port());
    const std::string order = place(client, order_of("u-1", 700, "sim-fail-9")).at("id");
    const json letter = dead_letters(client, 1).at(0);
    const std::string target = "/v1/admin/dead-letters/" + letter.at("id").get<std::string>();
    const json detail = get(client, target);
    CHECK(detail.at("editable") == json::array({"/paymentMethod"}));
    json payload = detail.at("payload");
    payload["amount"] = 1;
    payload["gatewayKey"] = "another";
    for (const char* query : {"", "?dry=true"}) {
      const HttpResponse refused = client.post(target + "/replay" + query, {{"payload", payload}});
      CHECK(refused.status == 422);
      CHECK(refused.json().at("type") == "/problems/invalid-payload");
      REQUIRE(refused.json().at("errors").size() == 2);
      CHECK(refused.json().at("errors")[0].at("pointer") == "/amount");
      CHECK(refused.json().at("errors")[1].at("pointer") == "/gatewayKey");
    }
    payload = detail.at("payload");
    payload["paymentMethod"] = "sim-approve";
    CHECK(client.post(target + "/replay?dry=true", {{"payload", payload}}).status == 200);
    CHECK(payments_of(client, order).at(0).at("paymentMethod") == "sim-fail-9");
    CHECK(client.post(target + "/replay", {{"payload", payload}}).status == 202);
    CHECK(settled(client, order).at("status") == "PROCESSED");
    const json payment = payments_of(client, order).at(0);
    CHECK(payment.at("amount") == 700);
    CHECK(payment.at("paymentMethod") == "sim-approve");
    CHECK(payment.at("gatewayKey") == order + ":2");
    node.stop();
  }
  check_sound(folder.path());
}

TEST_CASE("orders that came while billing was not hosted are kept, and charged when it is again") {
  TemporaryFolder folder;
  const Settings short_lived{{"ORDERFLOW_EVENTS_KEEP_HOURS", "1"}};
  {
    Node node(folder.path(), short_lived);
    HttpClient client(node.port());
    settled(client, place(client, order_of("u-1", 700)).at("id"));
    node.stop();
  }
  std::string order;
  {
    Settings without = short_lived;
    without.emplace_back("ORDERFLOW_NODE_MODULES", R"(["orders", "notifications", "users"])");
    Node node(folder.path(), without, {"--accept-modules"});
    HttpClient client(node.port());
    order = place(client, order_of("u-1", 700)).at("id");
    const json listed = get(client, "/v1/admin/subscriptions");
    CHECK(listed.at("notHosted").size() >= 4);
    const json& first = listed.at("notHosted").at(0);
    CHECK(first.at("name") == "billing.assess");
    CHECK(first.at("module") == "billing");
    CHECK(
        client.get("/metrics")
            .body.find(
                "orderflow_subscription_not_hosted_held_events{subscription=\"billing.assess\"") !=
        std::string::npos);
    CHECK(post_nothing(client, "/v1/admin/subscriptions/billing.assess/pause").status == 404);
    CHECK(post_nothing(client, "/v1/admin/subscriptions/orders.settle/forget").status == 409);
    node.stop();
  }
  check_sound(folder.path());
  {
    Node node(folder.path(), short_lived, {"--accept-modules"});
    HttpClient client(node.port());
    CHECK(settled(client, order).at("status") == "PROCESSED");
    CHECK(get(client, "/v1/admin/subscriptions").at("notHosted").empty());
    node.stop();
  }
  check_sound(folder.path());
}

TEST_CASE("two replays of one letter at the same moment: one is done, the other is refused") {
  TemporaryFolder folder;
  Node node(folder.path(), impatient);
  HttpClient client(node.port());
  place(client, order_of("u-1", 700, "sim-fail-9"));
  const json letter = dead_letters(client, 1).at(0);
  const std::string target =
      "/v1/admin/dead-letters/" + letter.at("id").get<std::string>() + "/replay";
  std::atomic<int> accepted = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> operators;
  // Paused, so that it cannot die again between the two.
  CHECK(post_nothing(client, "/v1/admin/subscriptions/billing.capture/pause").status == 200);
  for (int n = 0; n < 8; ++n) {
    operators.emplace_back([&] {
      HttpClient own(node.port());
      const unsigned status = post_nothing(own, target).status;
      if (status == 202) ++accepted;
      if (status == 409) ++refused;
    });
  }
  for (std::thread& one : operators)
    one.join();
  CHECK(accepted == 1);
  CHECK(refused == 7);
  CHECK(post_nothing(client, "/v1/admin/subscriptions/billing.capture/resume").status == 200);
  dead_letters(client, 1);
}

TEST_CASE("all letters of an outage are replayed at once, with progress") {
  TemporaryFolder folder;
  Node node(folder.path(), impatient);
  HttpClient client(node.port());
  std::vector<std::string> orders;
  for (int n = 0; n < 30; ++n)
    orders.push_back(place(client, order_of("u-" + std::to_string(n), 700, "sim-fail-2")).at("id"));
  dead_letters(client, 30);
  const HttpResponse bad = client.post("/v1/admin/dead-letters/replay", {{"colour", "red"}});
  CHECK(bad.status == 422);
  CHECK(bad.json().at("errors")[0].at("pointer") == "/colour");
  const HttpResponse begun =
      client.post("/v1/admin/dead-letters/replay",
                  {{"subscription", "billing.capture"}, {"error", "the gateway failed"}});
  REQUIRE(begun.status == 202);
  CHECK(begun.json().at("matched") == 30);
  json run;
  wait_until("the replay has finished", [&] {
    run = get(client, begun.header("location"));
    return run.at("state") == "finished";
  });
  CHECK(run.at("replayed") == 30);
  for (const std::string& order : orders)
    CHECK(settled(client, order).at("status") == "PROCESSED");
  dead_letters(client, 0);
}

TEST_CASE("a discarded letter is gone, with its reason in the audit") {
  TemporaryFolder folder;
  Node node(folder.path(), impatient);
  HttpClient client(node.port());
  place(client, order_of("u-1", 700, "sim-fail-9"));
  const std::string id = dead_letters(client, 1).at(0).at("id");
  const std::string target = "/v1/admin/dead-letters/" + id;
  const HttpResponse without_reason = client.send("DELETE", target, {}, "");
  CHECK(without_reason.status == 400);
  CHECK(without_reason.json().at("errors")[0].at("pointer") == "reason");
  CHECK(client.send("DELETE", target + "?reason=the%20card%20is%20stolen", {}, "").status == 204);
  dead_letters(client, 0);
  CHECK(get(client, "/v1/admin/audit").at("entries")[0].at("reason") == "the card is stolen");
}

TEST_CASE("a paused subscription stays paused over a restart, and its orders wait") {
  TemporaryFolder folder;
  std::string order;
  {
    Node node(folder.path());
    HttpClient client(node.port());
    CHECK(post_nothing(client, "/v1/admin/subscriptions/billing.assess/pause").status == 200);
    order = place(client, order_of("u-1", 700)).at("id");
  }
  Node node(folder.path());
  HttpClient client(node.port());
  const json paused = get(client, "/v1/admin/subscriptions/billing.assess");
  CHECK(paused.at("paused") == true);
  CHECK(paused.at("lag").get<int>() > 0);
  CHECK(paused.at("oldestAgeSeconds").get<double>() > 0);
  CHECK(get(client, "/v1/orders/" + order).at("status") == "PENDING");
  CHECK(post_nothing(client, "/v1/admin/subscriptions/billing.assess/resume").status == 200);
  CHECK(settled(client, order).at("status") == "PROCESSED");
  wait_until("nothing waits",
             [&] { return get(client, "/v1/admin/subscriptions/billing.assess").at("lag") == 0; });
  CHECK(client.get("/v1/admin/subscriptions/billing.nothing").status == 404);
  CHECK(get(client, "/v1/admin/subscriptions").at("subscriptions").size() >= 6);
}

TEST_CASE("more orders than a node can take are refused with 503, and no accepted one is lost") {
  TemporaryFolder folder;
  Node node(folder.path(),
            {{"ORDERFLOW_STORAGE_MAX_WAITING_WRITES", "4"}, {"ORDERFLOW_STORAGE_MAX_BATCH", "2"}});
  std::atomic<int> refused = 0;
  std::atomic<bool> has_retry_after = true;
  std::mutex mutex;
  std::vector<std::string> accepted;
  std::vector<std::thread> buyers;
  for (int buyer = 0; buyer < 32; ++buyer) {
    buyers.emplace_back([&, buyer] {
      HttpClient client(node.port());
      for (int n = 0; n < 20; ++n) {
        const auto response =
            client.post("/v1/orders", order_of("u-" + std::to_string(buyer), 100 + n));
        if (response.status == 503) {
          ++refused;
          if (response.header("retry-after").empty()) has_retry_after = false;
        } else if (response.status == 201) {
          const std::lock_guard lock(mutex);
          accepted.push_back(response.json().at("id"));
        }
      }
    });
  }
  for (std::thread& buyer : buyers)
    buyer.join();
  CHECK(refused > 0);
  CHECK(has_retry_after);
  CHECK(accepted.size() + static_cast<std::size_t>(refused) == 640);
  HttpClient client(node.port());
  for (const std::string& order : accepted)
    CHECK(settled(client, order).at("status") == "PROCESSED");
  CHECK(get(client, "/v1/admin/status").at("writer").at("refused") == refused.load());
}

}  // namespace
}  // namespace orderflow::test
