#pragma once

#include "notification/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace orderflow::notifications {

/// How handing over a message ended.
struct DeliveryResult {
  enum class Status {
    delivered,    ///< for good: it survives a crash from here on
    failed,       ///< perhaps it works later
    unavailable,  ///< nothing goes this way now, whatever the message
    refused       ///< this message never goes this way
  };
  Status status;
  std::string error = {};  ///< where it was not delivered; without any address in it
};

/// A way to the reader. Handing over the same message twice must be harmless, as far as the way
/// allows that: an attempt can be repeated after a crash.
class Channel {
 public:
  virtual ~Channel() = default;

  /// "file"; kept with every notification.
  virtual std::string_view name() const noexcept = 0;

  /// Hands over `message`, which outlives the call, and resumes on the caller's executor. Safe from
  /// any thread. The channel outlives the call, and the executor outlives the channel.
  virtual boost::asio::awaitable<DeliveryResult> deliver(const Message& message) = 0;
};

/// Delivers nothing and calls it delivered: for load tests of everything else.
class NoChannel final : public Channel {
 public:
  std::string_view name() const noexcept override { return "none"; }
  boost::asio::awaitable<DeliveryResult> deliver(const Message&) override {
    co_return DeliveryResult{DeliveryResult::Status::delivered};
  }
};

}  // namespace orderflow::notifications
