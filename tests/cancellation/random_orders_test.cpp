// Orders, cancellations, refunds, pauses and crashes as a seed draws them: ORDERFLOW_SEED repeats a
// run.
#include "people.hpp"
#include "shop.hpp"

#include "core/random.hpp"
#include "support/sanitized.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::test {
namespace {

using enum Answer;
using nlohmann::json;

std::uint64_t seed_of_this_run() {
  if (const char* given = std::getenv("ORDERFLOW_SEED")) return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

}  // namespace

TEST_CASE(
    "many orders at once, with random answers, requests, repeats and crashes, end in a correct "
    "state") {
  const std::uint64_t seed = seed_of_this_run();
  MESSAGE("seed " << seed);
  core::SeededRandom random(seed);
  const auto answers = [&](std::initializer_list<Answer> some) {
    Answers drawn;
    for (std::uint64_t count = random.below(4); count > 0; --count)
      drawn.push_back(std::data(some)[random.below(some.size())]);
    drawn.push_back(random.below(5) == 0 ? slow_then_books : yes);
    return drawn;
  };
  for (int round = 0; round < (sanitized ? 3 : 12); ++round) {
    Shop shop;
    std::vector<std::string> ids;
    std::vector<Buyer> buyers;
    std::vector<Clerk> clerks;
    std::optional<std::string_view> paused;
    for (int step = 0; step < 160; ++step) {
      const auto draw = random.below(16);
      if (draw < 4 && ids.size() < 20) {
        const std::int64_t amount = random.below(8) == 0 ? 0 : 1 + std::int64_t(random.below(5000));
        shop.gateway.follow(
            {.charges = answers({no, lost_before, lost_after, silent, books_then_slow}),
             .refunds = answers({lost_before, lost_after, silent, books_then_slow})});
        const int quantity = random.below(10) == 0 ? 11 : 1;
        const std::string user = "user-" + std::to_string(random.below(3));
        ids.push_back(shop.place(user, amount, quantity));
        buyers.emplace_back(shop, ids.back());
      } else if (draw < 7 && !ids.empty()) {
        Buyer& buyer = buyers[random.below(buyers.size())];
        if (!buyer.is_accepted()) buyer.ask();
      } else if (draw == 7) {
        shop.harness.restart();
        for (Buyer& buyer : buyers)
          buyer.ask_again_unless_answered();
        for (Clerk& clerk : clerks)
          clerk.ask_again_unless_answered();
      } else if (draw == 8) {
        static constexpr std::string_view names[] = {"billing.assess", "billing.cancel",
                                                     "billing.capture", "billing.refund",
                                                     "orders.settle"};
        if (paused) shop.set_paused(*paused, false);
        paused = names[random.below(std::size(names))];
        shop.set_paused(*paused, true);
      } else if (draw < 12 && !ids.empty()) {
        const std::string& id = ids[random.below(ids.size())];
        clerks.emplace_back(shop, id, 1 + std::int64_t(random.below(2000)),
                            "refund-" + std::to_string(clerks.size()));
        clerks.back().ask();
      }
      shop.go_on();
    }
    if (paused) shop.set_paused(*paused, false);
    for (int step = 0; step < 2000; ++step)
      shop.go_on();
    json spent = json::object();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      CAPTURE(seed);
      CAPTURE(round);
      CAPTURE(json(shop.events(ids[i])).dump());
      const auto faults = shop.faults(ids[i], buyers[i].is_accepted());
      CHECK_MESSAGE(faults.empty(), json(faults).dump());
      const json order = shop.order(ids[i]);
      const std::string user = order["userId"];
      const bool was_paid = order["status"] == "PROCESSED" || order["status"] == "REFUNDED";
      const std::int64_t net =
          was_paid ? order["totalAmount"].get<std::int64_t>() - shop.paid_back(ids[i]) : 0;
      spent[user] = spent.value(user, std::int64_t{0}) + net;
    }
    for (const auto& [user, amount] : spent.items()) {
      const auto response =
          shop.harness.call(http::Method::get, "/v1/users/" + user + "/statistics");
      const json statistics = json::parse(response.body);
      CHECK(statistics["spent"].value("EUR", std::int64_t{0}) == amount);
      CHECK(statistics["ordersPlaced"].get<int>() == statistics["ordersProcessed"].get<int>() +
                                                         statistics["ordersCanceled"].get<int>() +
                                                         statistics["ordersDeclined"].get<int>());
    }
  }
}

}  // namespace orderflow::test
