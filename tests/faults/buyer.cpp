#include "faults/buyer.hpp"

#include <array>
#include <string>
#include <thread>

namespace orderflow::test {
namespace {

using nlohmann::json;

// Of a hundred orders: those below the first bound are fraud, those from there to the next free …
constexpr int fraud_below = 5;
constexpr int free_below = 8;
constexpr int declined_below = 18;
constexpr int failing_below = 28;
constexpr int slow_below = 33;

// Card gateways decline less.
constexpr int charge_min = 50;

// The mail folder holds two files for each, and to remove a file takes milliseconds on some disks.
constexpr int mailed_of_hundred = 20;

// Above the shipped settings' `billing.fraud.maxQuantity`, below what an order may ask for.
constexpr int fraudulent_quantity = 5'000;

}  // namespace

Buyer::Buyer(unsigned number, std::uint64_t seed, std::chrono::milliseconds pause_max, Till till)
    : number_(number),
      random_(seed * 1'000 + number),
      pause_us_max_(static_cast<int>(
          std::chrono::duration_cast<std::chrono::microseconds>(pause_max).count())),
      till_(till) {}

int Buyer::pick(int low, int high) {
  return std::uniform_int_distribution(low, high)(random_);
}

json Buyer::make_items(Attempt& attempt, int kind) {
  json items = json::array();
  const int lines = pick(1, 3);
  for (int i = 0; i < lines; ++i) {
    const int quantity = i == 0 && kind < fraud_below ? fraudulent_quantity : pick(1, 3);
    const int price = kind >= fraud_below && kind < free_below
                          ? 0
                          : pick(till_ == Till::cards ? charge_min : 1, 5'000);
    items.push_back(
        {{"productId", i == 0 ? attempt.marker : "tea"}, {"quantity", quantity}, {"price", price}});
    attempt.amount += static_cast<std::int64_t>(quantity) * price;
  }
  return items;
}

Attempt Buyer::order(HttpClient& client) {
  const int kind = pick(0, 99);
  Attempt attempt{.marker = "b" + std::to_string(number_) + "-" + std::to_string(++orders_),
                  .user_id = "user-" + std::to_string(pick(1, load_users)),
                  .currency = pick(0, 3) == 0 ? "USD" : "EUR",
                  .amount = 0,
                  .final_status = "PROCESSED",
                  .answer = Attempt::Answer::none,
                  .order_id = {},
                  .answered_at = {}};
  json body = {{"userId", attempt.user_id},
               {"currency", attempt.currency},
               {"items", make_items(attempt, kind)}};
  if (pick(1, 100) <= mailed_of_hundred) body["email"] = attempt.user_id + "@example.com";
  if (kind < fraud_below) {
    attempt.final_status = "CANCELED_FRAUD";
  } else if (kind >= free_below && kind < declined_below) {
    attempt.final_status = "PAYMENT_DECLINED";
    body["paymentMethod"] = till_ == Till::cards ? "pm_decline_generic_decline" : "sim-decline";
  } else if (till_ == Till::cards) {
    // Cards are neither slow nor do they fail by themselves.
  } else if (kind >= declined_below && kind < failing_below) {
    body["paymentMethod"] = "sim-fail-" + std::to_string(pick(1, 2));
  } else if (kind >= failing_below && kind < slow_below) {
    body["paymentMethod"] = "sim-slow-" + std::to_string(pick(1, 100));
  }
  try {
    const HttpResponse response = client.post("/v1/orders", body);
    attempt.answered_at = std::chrono::steady_clock::now();
    if (response.status == 201) {
      attempt.answer = Attempt::Answer::acknowledged;
      attempt.order_id = response.json().at("id");
    } else {
      attempt.answer = Attempt::Answer::refused;
    }
  } catch (const ConnectionLost&) {
    attempt.answer = Attempt::Answer::none;
  }
  return attempt;
}

void Buyer::pause() {
  std::this_thread::sleep_for(std::chrono::microseconds(pick(0, pause_us_max_)));
}

}  // namespace orderflow::test
