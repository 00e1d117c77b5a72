#pragma once

#include "books/refund.hpp"
#include "gateway/gateway.hpp"
#include "host/host.hpp"

#include <atomic>
#include <vector>

namespace orderflow::billing {

/// How often, and how long after the last word about it, the gateway is asked what became of a
/// payment or refund whose answer is missing.
struct ReconcileSettings {
  core::Duration every;
  core::Duration older_than;
};

/// Looks after the payments and refunds whose answer is missing: those that the gateway said it is
/// still at, and those whose attempts got no answer, the dead ones included. Asks the gateway what
/// became of each, one at a time, at the start and again and again; settles what it tells, with the
/// guards of the state machine, so that a capture in flight beside it does no harm. What the
/// gateway does not know of is left as it is: nothing is charged here. Where the gateway can be
/// asked for nothing it stops at once and begins again after a second, and ever later up to its
/// interval, not before the moment that the gateway has named.
class Reconciliation {
 public:
  /// Host and gateway outlive it.
  Reconciliation(host::Host& host, PaymentGateway& gateway, const ReconcileSettings& settings)
      : host_(host), gateway_(gateway), settings_(settings) {}

  /// Until the node begins to stop.
  boost::asio::awaitable<void> run();

  /// Begins nothing new from now on. Safe from any thread.
  void stop() noexcept { stopping_ = true; }

 private:
  boost::asio::awaitable<void> look_at_payments(core::Timestamp before);
  boost::asio::awaitable<void> look_at_refunds(core::Timestamp before);
  template <class Row>
  boost::asio::awaitable<void> ask_about_each(const char* what, const std::vector<Row>& rows);
  boost::asio::awaitable<void> ask_about(const Payment& payment);
  boost::asio::awaitable<void> ask_about(const Refund& refund);
  /// For a refund that the shop has asked for there: all that the gateway knows of the charge.
  boost::asio::awaitable<void> read_statement(const Payment& payment);

  host::Host& host_;
  PaymentGateway& gateway_;
  const ReconcileSettings settings_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace orderflow::billing
