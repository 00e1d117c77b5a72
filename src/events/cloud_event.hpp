#pragma once

#include "events/event.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::events {

/// The event as a CloudEvents 1.0 document in structured JSON. `sequence` is its place in the log
/// (the Sequence extension); `correlationid`, `causationid`, `traceparent` and, of an event that
/// came from another node, the module `audience` are extensions too. `dataschema` must be an
/// absolute URI: `orderflow:` and the path of the schema on every node.
nlohmann::json cloud_event(const Event& event);

/// The same without `data`.
nlohmann::json cloud_event_attributes(const Event& event);

/// The text of the document with these attributes and the event's payload, which is not read for
/// it.
std::string cloud_event_text(const nlohmann::json& attributes, const Event& event);

}  // namespace orderflow::events
