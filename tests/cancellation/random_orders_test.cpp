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

/// One shop, with the buyers and clerks of one round.
class Round {
 public:
  explicit Round(core::Random& random) : random_(random) {}

  /// Lets somebody do something, or the node crash.
  void step() {
    const auto draw = random_.below(16);
    if (draw < 4 && ids_.size() < 20) {
      place();
    } else if (draw < 7 && !ids_.empty()) {
      Buyer& buyer = buyers_[random_.below(buyers_.size())];
      if (!buyer.is_accepted()) buyer.ask();
    } else if (draw == 7) {
      restart();
    } else if (draw == 8) {
      pause_another();
    } else if (draw < 12 && !ids_.empty()) {
      const std::string& id = ids_[random_.below(ids_.size())];
      clerks_.emplace_back(shop_, id, 1 + std::int64_t(random_.below(2000)),
                           "refund-" + std::to_string(clerks_.size()));
      clerks_.back().ask();
    }
    shop_.go_on();
  }

  void end() {
    if (paused_) shop_.set_paused(*paused_, false);
    for (int step = 0; step < 2000; ++step)
      shop_.go_on();
  }

  void check() {
    json spent = json::object();
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      CAPTURE(json(shop_.events(ids_[i])).dump());
      const auto faults = shop_.faults(ids_[i], buyers_[i].is_accepted());
      CHECK_MESSAGE(faults.empty(), json(faults).dump());
      const json order = shop_.order(ids_[i]);
      const std::string user = order["userId"];
      spent[user] = spent.value(user, std::int64_t{0}) + net_of(order, ids_[i]);
    }
    for (const auto& [user, amount] : spent.items())
      check_statistics(user, amount);
  }

 private:
  Answers answers(std::initializer_list<Answer> some) {
    Answers drawn;
    for (std::uint64_t count = random_.below(4); count > 0; --count)
      drawn.push_back(std::data(some)[random_.below(some.size())]);
    drawn.push_back(random_.below(5) == 0 ? slow_then_books : yes);
    return drawn;
  }

  void place() {
    const std::int64_t amount = random_.below(8) == 0 ? 0 : 1 + std::int64_t(random_.below(5000));
    shop_.gateway.follow(
        {.charges = answers({no, lost_before, lost_after, silent, books_then_slow}),
         .refunds = answers({lost_before, lost_after, silent, books_then_slow})});
    const int quantity = random_.below(10) == 0 ? 11 : 1;
    const std::string user = "user-" + std::to_string(random_.below(3));
    ids_.push_back(shop_.place(user, amount, quantity));
    buyers_.emplace_back(shop_, ids_.back());
  }

  void restart() {
    shop_.harness.restart();
    for (Buyer& buyer : buyers_)
      buyer.ask_again_unless_answered();
    for (Clerk& clerk : clerks_)
      clerk.ask_again_unless_answered();
  }

  void pause_another() {
    static constexpr std::string_view names[] = {
        "billing.assess", "billing.cancel", "billing.capture", "billing.refund", "orders.settle"};
    if (paused_) shop_.set_paused(*paused_, false);
    paused_ = names[random_.below(std::size(names))];
    shop_.set_paused(*paused_, true);
  }

  std::int64_t net_of(const json& order, const std::string& id) {
    const bool was_paid = order["status"] == "PROCESSED" || order["status"] == "REFUNDED";
    return was_paid ? order["totalAmount"].get<std::int64_t>() - shop_.paid_back(id) : 0;
  }

  void check_statistics(const std::string& user, const json& amount) {
    const auto response =
        shop_.harness.call(http::Method::get, "/v1/users/" + user + "/statistics");
    const json statistics = json::parse(response.body);
    CHECK(statistics["spent"].value("EUR", std::int64_t{0}) == amount);
    CHECK(statistics["ordersPlaced"].get<int>() == statistics["ordersProcessed"].get<int>() +
                                                       statistics["ordersCanceled"].get<int>() +
                                                       statistics["ordersDeclined"].get<int>());
  }

  core::Random& random_;
  Shop shop_;
  std::vector<std::string> ids_;
  std::vector<Buyer> buyers_;
  std::vector<Clerk> clerks_;
  std::optional<std::string_view> paused_;
};

}  // namespace

TEST_CASE(
    "many orders at once, with random answers, requests, repeats and crashes, end in a correct "
    "state") {
  const std::uint64_t seed = seed_of_this_run();
  MESSAGE("seed " << seed);
  core::SeededRandom random(seed);
  for (int round = 0; round < (sanitized ? 3 : 12); ++round) {
    CAPTURE(seed);
    CAPTURE(round);
    Round orders(random);
    for (int step = 0; step < 160; ++step)
      orders.step();
    orders.end();
    orders.check();
  }
}

}  // namespace orderflow::test
