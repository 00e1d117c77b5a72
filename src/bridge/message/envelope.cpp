#include "bridge/message/envelope.hpp"

#include "bridge/message/headers.hpp"
#include "events/log/cloud_event.hpp"

namespace orderflow::bridge {
namespace {

std::string body_of(const events::Event& event, Envelope envelope) {
  if (envelope == Envelope::nest) {
    return R"({"pattern":)" + nlohmann::json(event.meta().kind).dump() + R"(,"data":)" +
           event.payload() + "}";
  }
  return events::cloud_event_text(event);
}

}  // namespace

Message encode(const events::Event& event, Envelope envelope, std::string_view handled_by) {
  const events::EventMeta& meta = event.meta();
  const std::chrono::sys_seconds second =
      std::chrono::floor<std::chrono::seconds>(meta.occurred_at);
  Message message;
  message.properties.message_id = meta.id.value().to_string();
  message.properties.type = meta.kind;
  message.properties.correlation_id = meta.correlation_id;
  message.properties.app_id = "orderflow";
  message.properties.content_type =
      envelope == Envelope::nest ? "application/json" : "application/cloudevents+json";
  message.properties.timestamp_seconds =
      static_cast<std::uint64_t>(second.time_since_epoch().count());
  message.headers = {{header::version, std::int64_t{meta.version}},
                     {header::key, meta.key},
                     {header::origin, meta.origin},
                     {header::home, meta.home},
                     {header::occurred_at, core::to_rfc3339(meta.occurred_at)},
                     {header::traceparent, meta.traceparent}};
  if (meta.causation_id) {
    message.headers.emplace_back(header::causation_id, meta.causation_id->value().to_string());
  }
  if (!handled_by.empty())
    message.headers.emplace_back(header::handled_by, std::string(handled_by));
  message.body = body_of(event, envelope);
  return message;
}

void mark_redriven(Message& message, std::string_view wanted_by) {
  message.headers.emplace_back(header::redrive, std::string(wanted_by));
}

}  // namespace orderflow::bridge
