#pragma once

#include "card/card_object.hpp"
#include "core/clock.hpp"
#include "events/turn/turn.hpp"
#include "gateway/gateway.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace orderflow::billing {

/// What the card gateway tells by itself, such as how a charge ended that was processing.
struct GatewayEvent {
  std::string id;
  std::string type;
  std::int64_t created = 0;              ///< seconds since 1970, by the gateway's clock
  std::optional<CardIntent> charge{};    ///< whose state it tells
  std::optional<CardRefund> refund{};    ///< the same
  std::optional<CardCharge> refunded{};  ///< of which something was paid back, by whomever
  std::optional<CardDispute> dispute{};

  /// Whether it tells anything that we look at.
  bool tells() const noexcept;
};

/// Reads one, nothing where the document is none: without a name that is a `CardId`, a type, or an
/// object that can be read as what its type tells of. One of a type that we do not know tells
/// nothing.
std::optional<GatewayEvent> read_gateway_event(const nlohmann::json& document);

/// Writes what it tells, once an event's id. A charge or refund that we have asked for is settled;
/// amount, currency and names must be those of our payment, and what does not fit cannot be booked
/// (`cannot_book`). What others have done to a charge is a hint to read what the gateway's books
/// say of it: `payment.statement_requested`. What is not ours changes nothing and is logged.
void take_gateway_event(const PaymentGateway& gateway, const GatewayEvent& event,
                        events::Turn& turn);

}  // namespace orderflow::billing
