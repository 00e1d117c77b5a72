#pragma once

#include "card/card_answer.hpp"
#include "card/card_client.hpp"
#include "card/card_settings.hpp"
#include "gateway/gateway.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace orderflow::billing {

/// Charges cards over HTTPS, in the manner of Stripe's payment intents and refunds.
///
/// A charge is asked for with the same idempotency key permanently. From the third attempt on, when
/// the gateway may have forgotten the key since it was first sent, and where the key was sent for
/// an earlier message too, it is looked up by its metadata before anything is sent. That search may
/// miss what is young, so a miss proves nothing by itself; but what it may miss is younger than the
/// gateway's memory of keys, and there the same key is safe. So between the two no charge is made
/// twice. Refunds are looked up in the list of their charge's, which misses nothing.
class CardGateway final : public PaymentGateway {
 public:
  /// By libcurl. Destination and clock outlive it.
  CardGateway(CardSettings settings, outbound::Destination& destination, const core::Clock& clock);
  /// By another sender, which outlives it too.
  CardGateway(CardSettings settings, outbound::HttpSender& sender,
              outbound::Destination& destination, const core::Clock& clock);

  boost::asio::awaitable<ChargeResult> charge(const ChargeRequest& request) override;
  boost::asio::awaitable<RefundResult> refund(const RefundRequest& request) override;
  boost::asio::awaitable<std::optional<ChargeResult>> find_charge(
      const ChargeInquiry& inquiry) override;
  boost::asio::awaitable<std::optional<RefundResult>> find_refund(
      const RefundInquiry& inquiry) override;
  boost::asio::awaitable<std::optional<ChargeStatement>> statement_of(
      const StatementInquiry& inquiry) override;
  std::optional<core::Duration> settles_after() const noexcept override;
  bool keeps_books() const noexcept override { return true; }
  std::int64_t representable(const core::Money& money) const noexcept override;
  void stop() noexcept override;

 private:
  outbound::HttpRequest charge_request(const ChargeRequest& request, std::int64_t amount) const;
  outbound::HttpRequest refund_request(const RefundRequest& request, std::int64_t amount) const;

  /// The result of a charge; one that waits for its buyer is canceled first.
  boost::asio::awaitable<ChargeResult> ended(const ChargeAnswer& answer,
                                             const ExpectedCharge& expected,
                                             core::Duration deadline);
  boost::asio::awaitable<std::optional<CardIntent>> search(const ChargeInquiry& inquiry);
  boost::asio::awaitable<std::optional<CardRefund>> search(const RefundInquiry& inquiry);
  /// All refunds of a charge, at most some thousands; the newest come first.
  boost::asio::awaitable<std::vector<CardRefund>> refunds_of(const std::string& charge_reference,
                                                             core::Duration deadline);

  bool may_be_forgotten(core::Timestamp key_since) const;

  const CardSettings settings_;
  const core::Clock& clock_;
  CardClient client_;
};

}  // namespace orderflow::billing
