#pragma once

#include "gateway/gateway.hpp"
#include "host/host.hpp"

#include <string>

namespace orderflow::billing {

/// `POST /v1/payments/gateway-events`: takes what the card gateway tells, signed with `secret`.
/// `gateway` outlives the routes.
void add_gateway_event_routes(host::Host& host, const PaymentGateway& gateway, std::string secret);

}  // namespace orderflow::billing
