#pragma once

/// The headers of messages, besides the properties of AMQP: docs/production.md explains
/// them.
namespace orderflow::bridge::header {

inline constexpr const char* version = "orderflow-version";
inline constexpr const char* key = "orderflow-key";
inline constexpr const char* origin = "orderflow-origin";
inline constexpr const char* home = "orderflow-home";
inline constexpr const char* causation_id = "orderflow-causation-id";
inline constexpr const char* occurred_at = "orderflow-occurred-at";
inline constexpr const char* handled_by = "orderflow-handled-by";
inline constexpr const char* redrive = "orderflow-redrive";
inline constexpr const char* traceparent = "traceparent";

}  // namespace orderflow::bridge::header
