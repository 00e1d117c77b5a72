#include "events/cloud_event.hpp"

namespace orderflow::events {

nlohmann::json cloud_event_attributes(const Event& event) {
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
      {"traceparent", meta.traceparent}};
  if (meta.causation_id) document["causationid"] = meta.causation_id->value().to_string();
  if (!meta.audience.empty()) document["audience"] = meta.audience;
  return document;
}

nlohmann::json cloud_event(const Event& event) {
  nlohmann::json document = cloud_event_attributes(event);
  document["data"] = nlohmann::json::parse(event.payload());
  return document;
}

std::string cloud_event_text(const nlohmann::json& attributes, const Event& event) {
  std::string text = attributes.dump();
  text.pop_back();
  return text.append(R"(,"data":)").append(event.payload()).append("}");
}

}  // namespace orderflow::events
