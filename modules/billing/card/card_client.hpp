#pragma once

#include "card/card_settings.hpp"
#include "core/clock.hpp"
#include "outbound/destination.hpp"
#include "outbound/http_sender.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace orderflow::billing {

/// Speaks HTTPS with the card gateway: requests with its key, answers that are answers, and the
/// circuit of its destination. Used like a `PaymentGateway`.
class CardClient {
 public:
  /// By libcurl. All of the arguments outlive it.
  CardClient(const CardSettings& settings, outbound::Destination& destination,
             const core::Clock& clock);
  /// By another sender, which outlives it too.
  CardClient(const CardSettings& settings, outbound::HttpSender& sender,
             outbound::Destination& destination, const core::Clock& clock);
  ~CardClient();

  /// Throws `GatewayError` where no time is left by the deadline (`Clock::steady`).
  outbound::HttpRequest request_to(std::string method, std::string_view path,
                                   core::Duration deadline) const;

  /// An answer to this very request, of 2xx or 4xx. Throws `GatewayError`. `request` must outlive
  /// the call: give a named local.
  boost::asio::awaitable<outbound::HttpAnswer> ask(const outbound::HttpRequest& request);

  /// Throws `GatewayUnavailable` while the gateway is to be left alone.
  void require_closed_circuit() const;

  /// Ends the thread of its own sender, if it has one. Nothing is asked after.
  void stop() noexcept;

 private:
  const CardSettings& settings_;
  outbound::Destination& destination_;
  const core::Clock& clock_;
  std::unique_ptr<outbound::HttpSender> own_sender_{};
  outbound::HttpSender& sender_;
};

}  // namespace orderflow::billing
