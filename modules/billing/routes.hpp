#pragma once

#include "host/host.hpp"

namespace orderflow::billing {

/// `GET /v1/payments` and `GET /v1/payments/{id}`. The host outlives its router.
void add_routes(host::Host& host);

/// The answer to a request about a payment, `{id}` in its path, that is not there: 404.
http::Response no_such_payment_response(const http::Request& request);

}  // namespace orderflow::billing
