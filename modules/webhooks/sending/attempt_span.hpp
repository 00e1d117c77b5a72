#pragma once

#include "delivery.hpp"
#include "endpoint/endpoint.hpp"
#include "telemetry/tracer.hpp"

#include <optional>

namespace orderflow::webhooks {

/// The span of one attempt to send a message, below what has said its event; the message names it
/// from now on. Nothing where that is not traced. Of the endpoint's address the host alone is told:
/// the rest may be a secret.
std::optional<telemetry::Span> begin_attempt_span(telemetry::Tracer* tracer,
                                                  const Endpoint& endpoint, WebhookMessage& message,
                                                  int attempt);

/// `status` is that of the answer; nothing where there was none.
void end_attempt_span(telemetry::Tracer* tracer, std::optional<telemetry::Span> span,
                      std::optional<unsigned> status, bool accepted);

}  // namespace orderflow::webhooks
