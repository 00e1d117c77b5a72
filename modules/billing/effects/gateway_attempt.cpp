#include "effects/gateway_attempt.hpp"

#include "events/delivery/retry_policy.hpp"
#include "events/turn/turn.hpp"

namespace orderflow::billing {
namespace {

using events::AttemptResult;

AttemptResult::Completion recorded(const RecordFailure& record, std::string error, bool counts) {
  if (!record) return {};
  return [record, error = std::move(error), counts](events::Turn& turn) {
    record(turn, error, counts);
  };
}

}  // namespace

AttemptResult without_answer(const RecordFailure& record) {
  try {
    throw;
  } catch (const GatewayUnavailable& e) {
    return AttemptResult::unavailable(e.what(), recorded(record, e.what(), false), e.not_before());
  } catch (const GatewayError& e) {
    return AttemptResult::failure(e.what(), recorded(record, e.what(), true));
  } catch (const GatewayRefusal& e) {
    return AttemptResult::permanent_failure(e.what(), recorded(record, e.what(), true));
  }
}

void require_known_currency(const core::Money& amount) {
  if (amount.currency.is_known()) return;
  throw events::PermanentFailure("'" + std::string(amount.currency.code()) + "' is not a currency");
}

}  // namespace orderflow::billing
