#pragma once

#include "shop.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace orderflow::test {

/// Sends the request again, as a buyer does who got no answer.
class Buyer {
 public:
  Buyer(Shop& shop, std::string order_id) : shop_(shop), order_id_(std::move(order_id)) {}

  void ask() { call_ = shop_.ask_to_cancel(order_id_); }
  void ask_again_unless_answered() {
    if (call_ && !call_->done()) ask();
  }
  bool is_accepted() const { return call_ && call_->response && call_->response->status == 202; }
  bool is_answered() const { return !call_ || call_->done(); }

 private:
  Shop& shop_;
  std::string order_id_;
  Shop::Call call_;
};

/// Somebody in the shop who pays a part back, and sends it again where there was no answer.
class Clerk {
 public:
  Clerk(Shop& shop, std::string order_id, std::int64_t amount, std::string key)
      : shop_(shop), order_id_(std::move(order_id)), amount_(amount), key_(std::move(key)) {}

  void ask() { call_ = shop_.ask_to_refund(order_id_, amount_, key_); }
  void ask_again_unless_answered() {
    if (call_ && !call_->done()) ask();
  }
  /// What was promised, at least.
  std::int64_t promised() const {
    return call_ && call_->response && call_->response->status == 201 ? amount_ : 0;
  }
  bool is_answered() const { return !call_ || call_->done(); }

 private:
  Shop& shop_;
  std::string order_id_;
  std::int64_t amount_;
  std::string key_;
  Shop::Call call_;
};

}  // namespace orderflow::test
