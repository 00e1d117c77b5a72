#pragma once

#include "host/host.hpp"

#include <string>

namespace orderflow::billing {

/// `POST /v1/payments/gateway-events`: takes what the card gateway tells, signed with `secret`.
void add_gateway_event_routes(host::Host& host, std::string secret);

}  // namespace orderflow::billing
