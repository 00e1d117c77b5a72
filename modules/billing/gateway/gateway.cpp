#include "gateway/gateway.hpp"

namespace orderflow::billing {

boost::asio::awaitable<std::optional<ChargeResult>> PaymentGateway::find_charge(
    const ChargeInquiry& /*inquiry*/) {
  co_return std::nullopt;
}

boost::asio::awaitable<std::optional<RefundResult>> PaymentGateway::find_refund(
    const RefundInquiry& /*inquiry*/) {
  co_return std::nullopt;
}

boost::asio::awaitable<std::optional<ChargeStatement>> PaymentGateway::statement_of(
    const StatementInquiry& /*inquiry*/) {
  co_return std::nullopt;
}

}  // namespace orderflow::billing
