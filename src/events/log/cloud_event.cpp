#include "events/log/cloud_event.hpp"

#include "core/json_string.hpp"

#include <string_view>

namespace orderflow::events {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out.append(",\"").append(name).append("\":");
  core::append_json_string(out, value);
}

}  // namespace

std::string cloud_event_text(const Event& event) {
  const EventMeta& meta = event.meta();
  std::string text;
  text.reserve(640 + event.payload().size());
  text += R"({"specversion":"1.0","datacontenttype":"application/json")";
  append_member(text, "id", meta.id.value().to_string());
  append_member(text, "source", "/orderflow/" + meta.origin);
  append_member(text, "type", meta.kind);
  append_member(text, "subject", meta.key);
  append_member(text, "time", core::to_rfc3339(meta.occurred_at));
  append_member(text, "dataschema",
                "orderflow:/v1/schemas/" + meta.kind + "/" + std::to_string(meta.version));
  append_member(text, "sequence", std::to_string(meta.seq.value()));
  append_member(text, "correlationid", meta.correlation_id);
  append_member(text, "traceparent", meta.traceparent);
  if (meta.causation_id) {
    append_member(text, "causationid", meta.causation_id->value().to_string());
  }
  if (!meta.audience.empty()) append_member(text, "audience", meta.audience);
  append_member(text, "home", meta.home);
  return text.append(R"(,"data":)").append(event.payload()).append("}");
}

nlohmann::json cloud_event(const Event& event) {
  return nlohmann::json::parse(cloud_event_text(event));
}

}  // namespace orderflow::events
