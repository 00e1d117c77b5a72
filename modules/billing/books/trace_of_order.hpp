#pragma once

#include "core/trace_context.hpp"
#include "host/host.hpp"

#include <optional>
#include <string>

namespace orderflow::billing {

/// What links everything that follows from an order's request, so that what the gateway tells later
/// belongs to it too. Nothing where the log does not know the order.
inline std::optional<core::TraceContext> trace_of_order(const host::Host& host,
                                                        const std::string& order_id) {
  if (order_id.empty()) return std::nullopt;
  const auto events = host.read_log(
      [&](storage::Session session) { return host.log().of_key(session, order_id, 1); });
  if (events.empty()) return std::nullopt;
  const events::EventMeta& first = events.front()->meta();
  return core::TraceContext{.correlation_id = first.correlation_id,
                            .traceparent = first.traceparent};
}

}  // namespace orderflow::billing
