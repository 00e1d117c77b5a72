#include "shoppers.hpp"

#include "acceptance/support/orders.hpp"
#include "support/http_client.hpp"

#include <random>
#include <stdexcept>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;

constexpr std::size_t users = 200;
constexpr std::size_t orders_remembered = 10;

std::string method_of(unsigned draw) {
  if (draw < 60) return "pm_card_visa";
  if (draw < 64) return "pm_decline_insufficient_funds";
  if (draw < 67) return "pm_decline_stolen_card";
  if (draw < 69) return "pm_decline_expired_card";
  if (draw < 72) return "pm_action";
  if (draw < 75) return "pm_action_kept";
  if (draw < 83) return "pm_processing";
  if (draw < 87) return "pm_processing_fails";
  if (draw < 89) return "pm_unknown";
  if (draw < 94) return "pm_refund_pending";
  if (draw < 97) return "pm_refund_fails";
  return "pm_refund_refused";
}

unsigned draw(std::mt19937_64& random, unsigned below) {
  return std::uniform_int_distribution<unsigned>(0, below - 1)(random);
}

}  // namespace

Shoppers::Shoppers(std::uint64_t seed, std::size_t orders, unsigned connections)
    : seed_(seed), orders_(orders) {
  for (unsigned i = 0; i < connections; ++i)
    threads_.emplace_back([this] { shop(); });
}

Shoppers::~Shoppers() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_)
    thread.join();
}

void Shoppers::serve(std::uint16_t port) {
  {
    const std::lock_guard lock(mutex_);
    port_ = port;
  }
  changed_.notify_all();
}

std::optional<std::uint16_t> Shoppers::wait_for_other_port(std::uint16_t gone) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopped_ || port_ != gone; });
  if (stopped_) return std::nullopt;
  return port_;
}

void Shoppers::wait_for(std::size_t orders, std::chrono::seconds limit) {
  std::unique_lock lock(mutex_);
  const bool is_done =
      changed_.wait_for(lock, limit, [&] { return failure_ || placed_ >= orders; });
  if (failure_) std::rethrow_exception(failure_);
  if (!is_done) throw std::runtime_error("only " + std::to_string(placed_) + " orders were placed");
}

void Shoppers::shop() {
  std::uint16_t port = 0;
  std::size_t number = next_++;
  std::deque<std::string> orders;
  try {
    for (;;) {
      const auto other = wait_for_other_port(port);
      if (!other) return;
      port = *other;
      HttpClient client(port);
      try {
        for (;;) {
          if (number >= orders_) return;
          place(client, number, orders);
          number = next_++;
        }
      } catch (const ConnectionLost&) {
        ++lost_;
      }
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    changed_.notify_all();
  }
}

void Shoppers::place(HttpClient& client, std::size_t number, std::deque<std::string>& orders) {
  std::mt19937_64 random(seed_ * 1'000'003 + number);
  const std::string method = method_of(draw(random, 100));
  const std::int64_t price = 50 + draw(random, 99'951);
  const json body = order_of("user-" + std::to_string(number % users), price, method);
  for (;;) {
    const HttpResponse answer =
        client.post("/v1/orders", body, {{"Idempotency-Key", "order-" + std::to_string(number)}});
    if (answer.status == 503) continue;
    if (answer.status != 201) throw std::runtime_error("not placed: " + answer.body);
    orders.push_back(answer.json().at("id"));
    if (orders.size() > orders_remembered) orders.pop_front();
    follow_up(client, number, orders);
    break;
  }
  const std::lock_guard lock(mutex_);
  ++placed_;
  changed_.notify_all();
}

void Shoppers::follow_up(HttpClient& client, std::size_t number, std::deque<std::string>& orders) {
  std::mt19937_64 random(seed_ * 7'000'003 + number);
  const unsigned chance = draw(random, 100);
  if (chance < 15) {
    client.post("/v1/orders/" + orders.back() + "/cancel", json::object());
    ++cancellations_;
  } else if (chance < 35) {
    const json payments =
        client.get("/v1/payments?orderId=" + orders.front()).json().at("payments");
    if (payments.empty()) return;  // not judged yet
    const std::string payment = payments.at(0).at("id");
    const HttpResponse answer =
        client.post("/v1/payments/" + payment + "/refunds", {{"amount", 1 + draw(random, 49)}},
                    {{"Idempotency-Key", "refund-" + std::to_string(number)}});
    if (answer.status < 300) ++refunds_;
  }
}

}  // namespace orderflow::test
