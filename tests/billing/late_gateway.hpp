#pragma once

#include "gateway.hpp"

#include <map>
#include <optional>
#include <string>

namespace orderflow::billing {

/// A gateway that answers as the test says, and has books of its own.
class LateGateway final : public PaymentGateway {
 public:
  /// What it answers to requests. Nothing: it gives no answer at all.
  std::optional<ChargeResult> charge_answer = Pending{"pi_1"};
  std::optional<RefundResult> refund_answer = RefundPending{"re_1"};
  /// Thrown instead, where it is set.
  std::optional<GatewayUnavailable> away{};
  bool refuses = false;
  /// What its books say, when it is asked what became of something.
  std::optional<ChargeResult> charge_found{};
  std::optional<RefundResult> refund_found{};
  int charges = 0;
  int inquiries = 0;
  std::string asked_reference;  ///< of the last inquiry

  boost::asio::awaitable<ChargeResult> charge(const ChargeRequest& /*request*/) override {
    ++charges;
    trouble();
    if (!charge_answer) throw GatewayError("no answer");
    co_return *charge_answer;
  }
  boost::asio::awaitable<RefundResult> refund(const RefundRequest& /*request*/) override {
    trouble();
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
  bool keeps_books() const noexcept override { return true; }

 private:
  void trouble() const {
    if (away) throw GatewayUnavailable(*away);
    if (refuses) throw GatewayRefusal("the gateway refuses the request");
  }
};

}  // namespace orderflow::billing
