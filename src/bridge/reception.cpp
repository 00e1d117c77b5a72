#include "bridge/reception.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::bridge {
namespace {

const events::ModuleSubscription* find_subscription(const events::Catalog& catalog,
                                                    std::string_view module,
                                                    std::string_view kind) noexcept {
  const auto found = std::ranges::find_if(
      catalog.module_subscriptions(), [&](const events::ModuleSubscription& subscription) {
        return subscription.module == module && subscription.kind == kind;
      });
  return found == catalog.module_subscriptions().end() ? nullptr : &*found;
}

bool is_published_by_node(const events::EventMeta& meta, std::string_view node) noexcept {
  return meta.origin.size() > node.size() && meta.origin.starts_with(node) &&
         meta.origin[node.size()] == '/';
}

/// Without an id it would be another event each time it came.
PassOn pass_on(const Message& message, const events::EventMeta& meta) {
  PassOn passed{.home = meta.home, .message = message};
  std::string& id = passed.message.properties.message_id;
  if (id.empty()) id = meta.id.value().to_string();
  return passed;
}

}  // namespace

Decision Reception::decide(const ConsumedQueue& queue, const Message& message,
                           core::Timestamp now) {
  auto decoded = decoder_.decode(message, now);
  if (!decoded) return Reject{decoded.error().reason};
  DecodedEvent& event = *decoded;
  const events::ModuleSubscription* subscription =
      find_subscription(catalog_, queue.module, event.meta.kind);
  if (subscription == nullptr) {
    return Reject{"module " + queue.module + " does not subscribe to " + event.meta.kind};
  }
  if (is_published_by_node(event.meta, node_)) return Skip{};
  const bool is_for_one =
      queue.shared && subscription->distribution != events::Distribution::home_node;
  if (is_for_one && std::ranges::find(event.handled_by, queue.module) != event.handled_by.end()) {
    return Skip{};
  }
  if (subscription->distribution == events::Distribution::home_node && event.meta.home != node_) {
    return pass_on(message, event.meta);
  }
  event.meta.audience = queue.module;
  return Receive{.event = {.tracking_number = 0,
                           .meta = std::move(event.meta),
                           .payload = std::move(event.payload),
                           .body = std::move(event.body),
                           .wanted_by = std::move(event.wanted_by)},
                 .starts_trace = event.starts_trace};
}

}  // namespace orderflow::bridge
