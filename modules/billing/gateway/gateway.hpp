#pragma once

#include "core/clock.hpp"
#include "core/money.hpp"
#include "events/delivery/timers.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace orderflow::billing {

/// One attempt to charge a buyer.
struct ChargeRequest {
  std::string idempotency_key;  ///< the payment's: the gateway charges a key once
  core::Money amount;
  std::string payment_method;  ///< as the buyer gave it; may be empty
  std::string order_id;
  std::string payment_id;
  int attempt;                ///< from 1
  core::Timestamp key_since;  ///< the key was not sent before
  bool resumed;               ///< the key may have been sent by now: look it up first
  core::Duration deadline;    ///< by `Clock::steady`: the gateway gives up by then
  events::Timers* timers;     ///< to wait with `events::sleep_until`
};

struct Approved {
  std::string reference;  ///< the gateway's name for the charge
};

/// Final: a declined charge is not tried again.
struct Declined {
  std::string code;  ///< the gateway's reason, not empty
};

/// The gateway has taken the charge and does not know yet how it ends: it tells later.
struct Pending {
  std::string reference;  ///< the gateway's name for the charge
};

using ChargeResult = std::variant<Approved, Declined, Pending>;

/// Asks what became of a charge.
struct ChargeInquiry {
  std::string payment_id;
  std::string reference;  ///< where it is known; may be empty
  core::Money amount;
  core::Duration deadline;  ///< by `Clock::steady`: the gateway gives up by then
};

/// One attempt to pay a part of a charge back, or all of it.
struct RefundRequest {
  std::string idempotency_key;  ///< the same at every attempt: the gateway pays a key back once
  core::Money amount;
  std::string charge_reference;  ///< the gateway's name for the charge
  std::string payment_method;    ///< of the charge; may be empty
  std::string order_id;
  std::string payment_id;
  std::string refund_id;      ///< ours; empty where it was asked for before refunds had one
  int attempt;                ///< from 1, of the message at hand
  core::Timestamp key_since;  ///< the key was not sent before, whatever message it was sent for
  bool resumed;               ///< the key may have been sent by now: look it up first
  core::Duration deadline;    ///< by `Clock::steady`: the gateway gives up by then
  events::Timers* timers;     ///< to wait with `events::sleep_until`
};

struct RefundMade {
  std::string reference;  ///< the gateway's name for the refund
};

/// Final: no money has moved under this key, and none will. Not to be said where that is not sure.
struct RefundRefused {
  std::string code;  ///< the gateway's reason, not empty
};

/// The gateway has taken the refund and does not know yet how it ends: it tells later.
struct RefundPending {
  std::string reference;  ///< the gateway's name for the refund
};

/// The key stands for another refund at the gateway, of another node for instance: nothing is done
/// under it for this one, and nothing will be.
struct RefundKeyTaken {};

using RefundResult = std::variant<RefundMade, RefundRefused, RefundPending, RefundKeyTaken>;

/// Asks what became of a refund.
struct RefundInquiry {
  std::string idempotency_key;
  std::string reference;  ///< where it is known; may be empty
  std::string charge_reference;
  core::Money amount;
  core::Duration deadline;  ///< by `Clock::steady`: the gateway gives up by then
};

/// Asks what the gateway's books say of a charge.
struct StatementInquiry {
  std::string charge_reference;
  core::Duration deadline;  ///< by `Clock::steady`: the gateway gives up by then
};

/// A refund as the gateway has it in its books, whoever has asked for it.
struct GatewayRefund {
  std::string reference;
  std::string idempotency_key;        ///< ours; empty where the shop has asked for it there
  std::optional<core::Money> amount;  ///< nothing where it is none that we could hold
  std::string reason;                 ///< in the gateway's words; may be empty
  RefundResult result;
};

/// What the gateway's books say of a charge: of one moment, and of all of its refunds.
struct ChargeStatement {
  std::string charge_reference;
  std::string payment_id;               ///< ours; empty where the charge is not ours
  std::optional<core::Money> captured;  ///< what was charged; nothing where it was not, or not yet
  std::vector<GatewayRefund> refunds;
};

/// The gateway gave no answer, or none that tells whether it has moved the money. The same may be
/// tried again with the same key.
class GatewayError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The same, where the request is not to blame: the gateway is away, refuses us altogether, has too
/// much to do, or has locked what the request is about. No attempt is used up.
class GatewayUnavailable : public GatewayError {
 public:
  /// Whether another request may be answered meanwhile.
  enum class Concerns { all_requests, this_request };

  explicit GatewayUnavailable(const std::string& reason,
                              std::optional<core::Timestamp> not_before = std::nullopt)
      : GatewayUnavailable(reason, Concerns::all_requests, not_before) {}
  GatewayUnavailable(const std::string& reason, Concerns concerns,
                     std::optional<core::Timestamp> not_before)
      : GatewayError(reason), concerns_(concerns), not_before_(not_before) {}

  Concerns concerns() const noexcept { return concerns_; }

  /// When the gateway wants to be asked again, where it has told.
  std::optional<core::Timestamp> not_before() const noexcept { return not_before_; }

 private:
  Concerns concerns_;
  std::optional<core::Timestamp> not_before_;
};

/// The gateway has understood the request and can never fulfil it, which is no answer of the card's
/// issuer: a person has to look. Whether it has moved the money before is not known.
class GatewayRefusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where payments are charged and paid back. Used on the effects' thread, `find_charge` on any;
/// requests run side by side.
class PaymentGateway {
 public:
  virtual ~PaymentGateway() = default;

  /// Ends by the request's deadline. Throws `GatewayError` or `GatewayRefusal`. `request` must
  /// outlive the call: give a named local.
  virtual boost::asio::awaitable<ChargeResult> charge(const ChargeRequest& request) = 0;

  /// The same for a refund.
  virtual boost::asio::awaitable<RefundResult> refund(const RefundRequest& request) = 0;

  /// What became of a charge, by the gateway's books; a charge that waits for its buyer is ended
  /// there. Nothing where it knows of none, which is no proof that there will be none. Throws, and
  /// wants its inquiry to live, like `charge`. By default nothing is known of any.
  virtual boost::asio::awaitable<std::optional<ChargeResult>> find_charge(
      const ChargeInquiry& inquiry);

  /// The same for a refund.
  virtual boost::asio::awaitable<std::optional<RefundResult>> find_refund(
      const RefundInquiry& inquiry);

  /// How long after it was asked last under a key it is sure that no charge under it will come any
  /// more, and that `find_charge` tells of one that did. Nothing: that is never sure.
  virtual std::optional<core::Duration> settles_after() const noexcept { return std::nullopt; }

  /// What its books say of a charge; nothing where it knows of none. The same otherwise.
  virtual boost::asio::awaitable<std::optional<ChargeStatement>> statement_of(
      const StatementInquiry& inquiry);

  /// Whether it can know of any.
  virtual bool keeps_books() const noexcept { return false; }

  /// The largest amount, up to `money`'s and in its minor unit, that it can charge or pay back; 0
  /// where there is none. All of it by default. Safe from any thread.
  virtual std::int64_t representable(const core::Money& money) const noexcept {
    return money.amount;
  }

  /// See `Module::stop`. Nothing is asked of it after.
  virtual void stop() noexcept {}
};

}  // namespace orderflow::billing
