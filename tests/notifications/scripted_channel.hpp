#pragma once

#include "notification/channel.hpp"

#include <deque>
#include <vector>

namespace orderflow::notifications {

/// Gives the results that a test has prepared, then delivers; keeps what it was given.
class ScriptedChannel final : public Channel {
 public:
  std::string_view name() const noexcept override { return "scripted"; }
  boost::asio::awaitable<DeliveryResult> deliver(const Message& message) override {
    messages.push_back(message);
    DeliveryResult result{DeliveryResult::Status::delivered, {}};
    if (!results.empty()) {
      result = results.front();
      results.pop_front();
    }
    co_return result;
  }

  std::deque<DeliveryResult> results;
  std::vector<Message> messages;
};

}  // namespace orderflow::notifications
