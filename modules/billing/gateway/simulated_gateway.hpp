#pragma once

#include "gateway/gateway.hpp"

namespace orderflow::billing {

/// A gateway that moves no money and keeps nothing: the text of the payment method decides.
///
/// | payment method | answer |
/// |---|---|
/// | `sim-approve`, empty, any other | approved |
/// | `sim-decline`, `sim-decline:<code>` | declined with `card_declined`, or the code |
/// | `sim-timeout` | none: `GatewayError` at the deadline |
/// | `sim-fail-<n>` | `GatewayError` at the attempts 1 to n, then approved |
/// | `sim-slow-<ms>` | approved after that time, 60000 ms at most |
/// | `sim-refund-fail-<n>` | approved; a refund gives `GatewayError` at the attempts 1 to n |
/// | `sim-refund-refuse` | approved; a refund is refused with `refund_refused` |
///
/// A refund of any other payment is made, as slowly as the payment was. The reference is made from
/// the idempotency key: the same key gives the same reference.
class SimulatedGateway final : public PaymentGateway {
 public:
  /// Every answer takes `latency`. The clock outlives the gateway.
  SimulatedGateway(const core::Clock& clock, core::Duration latency) noexcept
      : clock_(clock), latency_(latency) {}

  boost::asio::awaitable<ChargeResult> charge(const ChargeRequest& request) override;
  boost::asio::awaitable<RefundResult> refund(const RefundRequest& request) override;
  /// What it has not answered it has not done.
  std::optional<core::Duration> settles_after() const noexcept override {
    return core::Duration::zero();
  }

 private:
  /// Returns after the latency and `delay`, or throws `GatewayError` at `deadline`.
  boost::asio::awaitable<void> answer_after(core::Duration delay, core::Duration deadline,
                                            events::Timers& timers) const;

  const core::Clock& clock_;
  const core::Duration latency_;
};

}  // namespace orderflow::billing
