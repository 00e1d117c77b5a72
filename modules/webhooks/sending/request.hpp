#pragma once

#include "core/trace_context.hpp"
#include "delivery.hpp"
#include "endpoint/endpoint.hpp"
#include "outbound/http_request.hpp"

namespace orderflow::webhooks {

/// The request that takes a message to an endpoint, signed at `now`: the headers of Standard
/// Webhooks, and those of the trace.
outbound::HttpRequest request_of(const Endpoint& endpoint, const WebhookMessage& message,
                                 core::Timestamp now, core::Duration timeout);

/// A message that is about no event, for an owner who tries his endpoint out.
WebhookMessage test_message(const core::Uuid& id, EndpointId endpoint, core::Timestamp now,
                            const core::TraceContext& trace);

/// The kind of it.
inline constexpr std::string_view test_kind = "webhook.test";

}  // namespace orderflow::webhooks
