#pragma once

#include "gateway.hpp"
#include "host/host.hpp"

namespace orderflow::billing {

/// `POST /v1/payments/{id}/refunds`, `GET /v1/payments/{id}/refunds` and
/// `GET /v1/payments/{id}/refunds/{refundId}`. An idempotency key stands for its refund at least
/// `keep_keys_for`. Host and gateway outlive the router.
void add_refund_routes(host::Host& host, const PaymentGateway& gateway,
                       core::Duration keep_keys_for);

}  // namespace orderflow::billing
