#pragma once

#include "outbound/http_request.hpp"
#include "outbound/transfers.hpp"

#include <boost/asio/awaitable.hpp>

namespace orderflow::webhooks {

/// Carries requests to endpoints. Safe from any thread.
class Carrier {
 public:
  virtual ~Carrier() = default;
  /// Resumes on the caller's executor with the answer; throws where there was none. The request
  /// outlives the call.
  virtual boost::asio::awaitable<outbound::HttpAnswer> send(
      const outbound::HttpRequest& request) = 0;
};

/// Over the network.
class HttpCarrier final : public Carrier {
 public:
  explicit HttpCarrier(outbound::TransferOptions options) : transfers_(std::move(options)) {}

  boost::asio::awaitable<outbound::HttpAnswer> send(const outbound::HttpRequest& request) override {
    return transfers_.send(request);
  }

 private:
  outbound::Transfers transfers_;
};

}  // namespace orderflow::webhooks
