#include "timeline.hpp"

#include "events/records/attempt_store.hpp"
#include "events/records/delivery_store.hpp"
#include "orders/contract/events.hpp"

#include <set>

namespace orderflow::orders {
namespace {

using nlohmann::json;

// An order has about five events; the bound is for one that an operator replays again and again.
constexpr std::size_t entries_max = 1000;

json event_entry(const events::Event& event) {
  const events::EventMeta& meta = event.meta();
  json entry = {{"seq", meta.seq.value()},
                {"id", meta.id.value().to_string()},
                {"kind", meta.kind},
                {"version", meta.version},
                {"origin", meta.origin},
                {"occurredAt", core::to_rfc3339(meta.occurred_at)},
                {"correlationId", meta.correlation_id},
                {"causationId", nullptr},
                {"data", json::parse(event.payload())}};
  if (meta.causation_id) entry["causationId"] = meta.causation_id->value().to_string();
  return entry;
}

json delivery_entry(const events::DeliveryView& delivery) {
  json entry = {{"subscription", delivery.subscription},
                {"seq", delivery.seq.value()},
                {"state", events::to_string(delivery.state)},
                {"attempts", delivery.attempts},
                {"nextAttemptAt", nullptr},
                {"error", nullptr},
                {"since", core::to_rfc3339(delivery.since)}};
  if (delivery.next_attempt_at)
    entry["nextAttemptAt"] = core::to_rfc3339(*delivery.next_attempt_at);
  if (delivery.error) entry["error"] = *delivery.error;
  return entry;
}

json attempt_entry(const events::AttemptView& view) {
  json entry = {{"subscription", view.subscription},
                {"seq", view.seq.value()},
                {"attempt", view.attempt.attempt},
                {"startedAt", core::to_rfc3339(view.attempt.started_at)},
                {"durationUs", view.attempt.duration.count()},
                {"error", nullptr}};
  if (view.attempt.error) entry["error"] = *view.attempt.error;
  if (view.attempt.first_started_at) {
    entry["times"] = view.attempt.times;
    entry["firstStartedAt"] = core::to_rfc3339(*view.attempt.first_started_at);
  }
  return entry;
}

/// The module whose answers settle an order.
constexpr std::string_view settling_module = "billing";

bool asks_to_be_settled(const events::Event& event) noexcept {
  return event.kind() == OrderCreated::kind || event.kind() == OrderCancelRequested::kind;
}

/// What an order that is not settled waits for, where that is on another node: null else.
json awaited_entry(const host::Host& host, const std::optional<Order>& order,
                   const events::EventMeta* asked) {
  if (!order || is_settled(*order) || asked == nullptr) return nullptr;
  const host::Passage passage = host.passage(settling_module, asked->seq);
  if (passage == host::Passage::here) return nullptr;
  return {{"module", settling_module},
          {"kind", asked->kind},
          {"seq", asked->seq.value()},
          {"since", core::to_rfc3339(asked->occurred_at)},
          {"state", passage == host::Passage::sent ? "sent" : "unsent"}};
}

}  // namespace

json timeline(const host::Host& host, std::string_view order_id,
              const std::optional<Order>& order) {
  return host.read_log([&](storage::Session session) {
    json document = {{"orderId", order_id},
                     {"events", json::array()},
                     {"deliveries", json::array()},
                     {"attempts", json::array()},
                     {"waitsFor", nullptr}};
    // What came from another node for two modules of this one is there twice.
    std::set<core::Uuid> listed;
    const events::EventMeta* asked = nullptr;
    const auto logged = host.log().of_key(session, order_id, entries_max);
    for (const auto& event : logged) {
      if (asks_to_be_settled(*event)) asked = &event->meta();
      if (listed.insert(event->meta().id.value()).second)
        document["events"].push_back(event_entry(*event));
    }
    document["waitsFor"] = awaited_entry(host, order, asked);
    for (const auto& delivery : events::deliveries_of_key(session, order_id, entries_max)) {
      document["deliveries"].push_back(delivery_entry(delivery));
    }
    for (const auto& attempt : events::attempts_of_key(session, order_id, entries_max)) {
      document["attempts"].push_back(attempt_entry(attempt));
    }
    return document;
  });
}

}  // namespace orderflow::orders
