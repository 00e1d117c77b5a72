#pragma once

#include "bookkeeping_gateway.hpp"
#include "support/module_harness.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::test {

/// A node with orders, billing and users over a gateway that keeps books.
class Shop {
 public:
  using Call = std::shared_ptr<ModuleHarness::OpenCall>;

  Shop();

  /// Places an order and returns with its answer, before anything has followed from it.
  std::string place(const std::string& user, std::int64_t amount, int quantity = 1);
  Call ask_to_cancel(const std::string& order_id);
  /// Asks for a part of what was paid, under an idempotency key; nothing where there is no payment
  /// yet.
  Call ask_to_refund(const std::string& order_id, std::int64_t amount, const std::string& key);
  nlohmann::json order(const std::string& order_id);
  nlohmann::json payment(const std::string& order_id);
  nlohmann::json refunds(const std::string& order_id);
  std::string status(const std::string& order_id) { return order(order_id)["status"]; }
  /// The kinds of an order's events, in order.
  std::vector<std::string> events(const std::string& order_id);

  /// A commit, or else the moment when the next thing is due.
  void go_on();

  void set_paused(std::string_view subscription, bool paused);
  void discard_dead(std::string_view subscription);

  /// What of an order's money was paid back, in all.
  std::int64_t paid_back(const std::string& order_id);

  /// Everything that must hold for an order when nothing is left to do; what does not, in words.
  /// `was_accepted`: somebody's cancellation was accepted. A request that a crash left
  /// without an answer may stand all the same.
  std::vector<std::string> faults(const std::string& order_id, bool was_accepted);

  BookkeepingGateway gateway;
  ModuleHarness harness;

 private:
  void compare_books(const std::string& order_id, std::vector<std::string>& faults);
};

}  // namespace orderflow::test
