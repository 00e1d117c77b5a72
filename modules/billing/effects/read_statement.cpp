#include "effects/read_statement.hpp"

#include "billing/contract/payment_statement_requested.hpp"
#include "effects/gateway_attempt.hpp"
#include "settling/book_statement.hpp"

#include <optional>
#include <utility>

namespace orderflow::billing {
namespace {

using events::AttemptResult;

AttemptResult booked(const PaymentGateway& gateway, ChargeStatement statement,
                     std::optional<DisputeReport> dispute) {
  return AttemptResult::success([&gateway, statement = std::move(statement),
                                 dispute = std::move(dispute)](events::Turn& turn) {
    book_statement(turn, gateway, statement);
    if (dispute) book_dispute(turn, statement, *dispute);
  });
}

}  // namespace

boost::asio::awaitable<AttemptResult> read_statement(PaymentGateway& gateway,
                                                     const events::Event& statement_requested,
                                                     const events::EffectContext& context) {
  const auto& requested = statement_requested.as<PaymentStatementRequested>();
  const StatementInquiry inquiry{.charge_reference = requested.charge_reference,
                                 .deadline = context.deadline - attempt_grace};
  const auto ask = [&]() -> boost::asio::awaitable<AttemptResult> {
    std::optional<ChargeStatement> statement = co_await gateway.statement_of(inquiry);
    co_return statement ? booked(gateway, std::move(*statement), requested.dispute)
                        : AttemptResult::success();
  };
  auto attempt = attempt_at_gateway({}, ask);
  AttemptResult result = co_await std::move(attempt);
  co_return result;
}

}  // namespace orderflow::billing
