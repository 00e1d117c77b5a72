#include "effects/read_statement.hpp"

#include "billing/contract/payment_statement_requested.hpp"
#include "effects/capture_payment.hpp"
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
                                 .deadline = context.deadline - capture_grace};
  std::optional<AttemptResult> attempt_result;
  try {
    std::optional<ChargeStatement> statement = co_await gateway.statement_of(inquiry);
    attempt_result = statement ? booked(gateway, std::move(*statement), requested.dispute)
                               : AttemptResult::success();
  } catch (const GatewayUnavailable& e) {
    attempt_result = AttemptResult::unavailable(e.what(), {}, e.not_before());
  } catch (const GatewayError& e) {
    attempt_result = AttemptResult::failure(e.what());
  } catch (const GatewayRefusal& e) {
    attempt_result = AttemptResult::permanent_failure(e.what());
  }
  co_return std::move(*attempt_result);
}

}  // namespace orderflow::billing
