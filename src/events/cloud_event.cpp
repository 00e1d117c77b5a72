#include "events/cloud_event.hpp"

namespace orderflow::events {

nlohmann::json cloud_event(const Event& event) {
  const EventMeta& meta = event.meta();
  nlohmann::json document = {
      {"specversion", "1.0"},
      {"id", meta.id.value().to_string()},
      {"source", "/orderflow/" + meta.origin},
      {"type", meta.kind},
      {"subject", meta.key},
      {"time", core::to_rfc3339(meta.occurred_at)},
      {"datacontenttype", "application/json"},
      {"dataschema", "orderflow:/v1/schemas/" + meta.kind + "/" + std::to_string(meta.version)},
      {"sequence", std::to_string(meta.seq.value())},
      {"correlationid", meta.correlation_id},
      {"traceparent", meta.traceparent},
      {"data", nlohmann::json::parse(event.payload())}};
  if (meta.causation_id) document["causationid"] = meta.causation_id->value().to_string();
  if (!meta.audience.empty()) document["audience"] = meta.audience;
  return document;
}

}  // namespace orderflow::events
