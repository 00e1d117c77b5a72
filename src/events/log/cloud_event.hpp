#pragma once

#include "events/log/event.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::events {

/// The event as a CloudEvents 1.0 document in structured JSON. `sequence` is its place in the log
/// (the Sequence extension); `correlationid`, `causationid`, `traceparent`, `home` and, of an event
/// that came from another node, the module `audience` are extensions too. `dataschema` must be an
/// absolute URI: `orderflow:` and the path of the schema on every node. The payload goes into it as
/// it stands.
std::string cloud_event_text(const Event& event);
nlohmann::json cloud_event(const Event& event);

}  // namespace orderflow::events
