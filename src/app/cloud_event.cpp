#include "cloud_event.hpp"

namespace orderflow::app {

nlohmann::json cloud_event(const events::Event& event) {
  const events::EventMeta& meta = event.meta();
  nlohmann::json document = {
      {"specversion", "1.0"},
      {"id", meta.id.value().to_string()},
      {"source", "/orderflow/" + meta.origin},
      {"type", meta.kind},
      {"subject", meta.key},
      {"time", core::to_rfc3339(meta.occurred_at)},
      {"datacontenttype", "application/json"},
      {"dataschema", "/v1/schemas/" + meta.kind + "/" + std::to_string(meta.version)},
      {"sequence", std::to_string(meta.seq.value())},
      {"correlationid", meta.correlation_id},
      {"traceparent", meta.traceparent},
      {"data", nlohmann::json::parse(event.payload())}};
  if (meta.causation_id) document["causationid"] = meta.causation_id->value().to_string();
  return document;
}

}  // namespace orderflow::app
