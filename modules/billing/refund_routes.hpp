#pragma once

#include "gateway/gateway.hpp"
#include "host/host.hpp"
#include "host/key_ages.hpp"

namespace orderflow::billing {

/// `POST /v1/payments/{id}/refunds`, `GET /v1/payments/{id}/refunds` and
/// `GET /v1/payments/{id}/refunds/{refundId}`. An idempotency key stands for its refund as
/// long as `ages` says. Host, gateway and ages outlive the router.
void add_refund_routes(host::Host& host, const PaymentGateway& gateway, host::KeyAges& ages);

}  // namespace orderflow::billing
