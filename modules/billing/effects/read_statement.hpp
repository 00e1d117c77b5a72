#pragma once

#include "events/delivery/subscription.hpp"
#include "gateway/gateway.hpp"

#include <boost/asio/awaitable.hpp>

namespace orderflow::billing {

/// Asks the gateway what its books say of the charge, and books that (`book_statement`), and the
/// dispute that was told. An event of the gateway is thus no more than a hint: events that come
/// late, twice or in another order bring the books to the same. Fails as a refund does; a charge
/// that the gateway does not know is passed over.
boost::asio::awaitable<events::AttemptResult> read_statement(
    PaymentGateway& gateway, const events::Event& statement_requested,
    const events::EffectContext& context);

}  // namespace orderflow::billing
