#pragma once

#include "card/card_object.hpp"
#include "core/clock.hpp"
#include "events/turn.hpp"
#include "gateway.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace orderflow::billing {

/// What the card gateway tells by itself, such as how a charge ended that was processing.
struct GatewayEvent {
  std::string id;
  std::string type;
  std::optional<CardIntent> charge{};  ///< whose state it tells
  std::vector<CardRefund> refunds{};   ///< the same
};

/// Reads one, nothing where the document is none: without a name that is a `CardId`, a type, or an
/// object that can be read as what its type tells of. Of a type that we do not know neither charge
/// nor refunds are given.
std::optional<GatewayEvent> read_gateway_event(const nlohmann::json& document);

/// Writes what it tells, once an event's id: a charge or refund of ours that waits for its answer
/// is settled. Amount, currency and names must be those of our payment; what does not fit, or is
/// not ours, changes nothing and is logged.
void take_gateway_event(const PaymentGateway& gateway, const GatewayEvent& event,
                        events::Turn& turn);

}  // namespace orderflow::billing
