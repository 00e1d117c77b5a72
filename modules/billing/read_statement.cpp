#include "read_statement.hpp"

#include "billing/contract/payment_statement_requested.hpp"
#include "book_statement.hpp"
#include "capture_payment.hpp"

#include <optional>
#include <utility>

namespace orderflow::billing {
namespace {

using events::Outcome;

Outcome booked(const PaymentGateway& gateway, ChargeStatement statement,
               std::optional<DisputeReport> dispute) {
  return Outcome::success([&gateway, statement = std::move(statement),
                           dispute = std::move(dispute)](events::Turn& turn) {
    book_statement(turn, gateway, statement);
    if (dispute) book_dispute(turn, statement, *dispute);
  });
}

}  // namespace

boost::asio::awaitable<Outcome> read_statement(PaymentGateway& gateway,
                                               const events::Event& statement_requested,
                                               const events::EffectContext& context) {
  const auto& requested = statement_requested.as<PaymentStatementRequested>();
  const StatementInquiry inquiry{.charge_reference = requested.charge_reference,
                                 .deadline = context.deadline - capture_grace};
  std::optional<Outcome> outcome;
  try {
    std::optional<ChargeStatement> statement = co_await gateway.statement_of(inquiry);
    outcome =
        statement ? booked(gateway, std::move(*statement), requested.dispute) : Outcome::success();
  } catch (const GatewayUnavailable& e) {
    outcome = Outcome::unavailable(e.what(), {}, e.not_before());
  } catch (const GatewayError& e) {
    outcome = Outcome::failure(e.what());
  } catch (const GatewayRefusal& e) {
    outcome = Outcome::permanent_failure(e.what());
  }
  co_return std::move(*outcome);
}

}  // namespace orderflow::billing
