#pragma once

#include "core/money.hpp"
#include "events/delivery/subscription.hpp"
#include "gateway/gateway.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace orderflow::billing {

/// How much longer an effect may run than the gateway, so that an attempt without an answer is
/// still recorded on its row.
inline constexpr core::Duration attempt_grace = std::chrono::seconds{5};

/// Records an attempt without an answer on the row that it is about. `counts`: it was an attempt;
/// otherwise the gateway was not there, and it used up none.
using RecordFailure = std::function<void(events::Turn&, const std::string& error, bool counts)>;

/// The result of an attempt that the gateway answered by throwing. Call it in the handler of a
/// caught exception: what is no answer of a gateway is thrown on.
events::AttemptResult without_answer(const RecordFailure& record);

/// One attempt of an effect that asks the gateway: the result of `ask()`, an awaitable of an
/// `AttemptResult`, or what the gateway's refusal to answer makes of it. A `GatewayUnavailable`
/// uses up no attempt, a `GatewayRefusal` is final, as a person has to look; any other
/// `GatewayError` is a failed attempt. `record` may be empty.
template <class Ask>
boost::asio::awaitable<events::AttemptResult> attempt_at_gateway(RecordFailure record, Ask ask) {
  std::optional<events::AttemptResult> result;
  try {
    auto asking = ask();
    result = co_await std::move(asking);
  } catch (...) {
    result = without_answer(record);
  }
  co_return std::move(*result);
}

/// Throws `events::PermanentFailure` where the currency is not known here: nothing can be charged
/// or paid back in it.
void require_known_currency(const core::Money& amount);

}  // namespace orderflow::billing
