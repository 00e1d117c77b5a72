#pragma once

#include "gateway/gateway.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::billing {

/// A gateway that answers as the test scripts it, and has books of its own.
class LateGateway final : public PaymentGateway {
 public:
  /// What it answers to requests. Nothing: it gives no answer at all.
  std::optional<ChargeResult> charge_answer = Pending{"pi_1"};
  std::optional<RefundResult> refund_answer = RefundPending{"re_1"};
  /// What it answers to the first requests for refunds, before `refund_answer`.
  std::deque<RefundResult> refund_answers{};
  /// Thrown instead, where it is set.
  std::optional<GatewayUnavailable> away{};
  bool refuses = false;
  bool hangs = false;  ///< waits longer than the test
  /// What its books have when it is asked what became of something.
  std::optional<ChargeResult> charge_found{};
  std::optional<RefundResult> refund_found{};
  /// It holds what is a multiple of this.
  std::int64_t step = 1;
  /// How long after a request it is sure that none comes any more.
  std::optional<core::Duration> sure_after{};
  /// The node asks by itself what became of something.
  bool is_reconciled = true;
  std::optional<ChargeStatement> statement{};
  int charges = 0;
  std::vector<RefundRequest> refunds;  ///< that it was asked for
  int inquiries = 0;
  int statements = 0;
  std::string asked_reference;  ///< of the last inquiry
  /// "key method amount currency" of each charge that it was asked for.
  std::vector<std::string> asked_charges;
  std::vector<core::Timestamp> keys_since;  ///< since when each of their keys may have been sent
  std::vector<bool> resumed_charges;        ///< whether each of them may have been sent before

  boost::asio::awaitable<ChargeResult> charge(const ChargeRequest& request) override {
    ++charges;
    resumed_charges.push_back(request.resumed);
    keys_since.push_back(request.key_since);
    asked_charges.push_back(request.idempotency_key + ' ' + request.payment_method + ' ' +
                            std::to_string(request.amount.amount) + ' ' +
                            std::string(request.amount.currency.code()));
    trouble();
    if (!charge_answer) throw GatewayError("no answer");
    co_return *charge_answer;
  }
  boost::asio::awaitable<RefundResult> refund(const RefundRequest& request) override {
    refunds.push_back(request);
    if (hangs)
      co_await events::sleep_until(*request.timers, request.key_since + std::chrono::hours{24});
    trouble();
    if (!refund_answers.empty()) {
      RefundResult next = refund_answers.front();
      refund_answers.pop_front();
      co_return std::move(next);
    }
    if (!refund_answer) throw GatewayError("no answer");
    co_return *refund_answer;
  }
  boost::asio::awaitable<std::optional<ChargeResult>> find_charge(
      const ChargeInquiry& inquiry) override {
    ++inquiries;
    asked_reference = inquiry.reference;
    trouble();
    co_return charge_found;
  }
  boost::asio::awaitable<std::optional<RefundResult>> find_refund(
      const RefundInquiry& inquiry) override {
    ++inquiries;
    asked_reference = inquiry.reference;
    trouble();
    co_return refund_found;
  }
  boost::asio::awaitable<std::optional<ChargeStatement>> statement_of(
      const StatementInquiry& inquiry) override {
    ++statements;
    asked_reference = inquiry.charge_reference;
    trouble();
    co_return statement;
  }
  std::optional<core::Duration> settles_after() const noexcept override { return sure_after; }
  bool keeps_books() const noexcept override { return is_reconciled; }
  std::int64_t representable(const core::Money& money) const noexcept override {
    return money.amount - money.amount % step;
  }

 private:
  void trouble() const {
    if (away) throw GatewayUnavailable(*away);
    if (refuses) throw GatewayRefusal("the gateway refuses the request");
  }
};

}  // namespace orderflow::billing
