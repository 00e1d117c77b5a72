#pragma once

#include "host/host.hpp"

namespace orderflow::billing {

/// `GET /v1/payments` and `GET /v1/payments/{id}`. The host outlives its router.
void add_routes(host::Host& host);

}  // namespace orderflow::billing
