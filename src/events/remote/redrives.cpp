#include "events/remote/redrives.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::events {
namespace {

// An order has about five; the bound is for one that an operator works on again and again.
constexpr std::size_t events_of_key_max = 1000;

std::vector<std::string> nodes_that_published(const EventList& events, std::string_view module) {
  const std::string suffix = "/" + std::string(module);
  std::vector<std::string> nodes;
  for (const EventPtr& event : events) {
    const std::string& origin = event->meta().origin;
    if (event->meta().audience.empty() || !origin.ends_with(suffix)) continue;
    std::string node = origin.substr(0, origin.size() - suffix.size());
    if (std::ranges::find(nodes, node) == nodes.end()) nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace

bool Redrives::subscribes(std::string_view module, std::string_view kind) const {
  return std::ranges::any_of(parts_.log.catalog().module_subscriptions(),
                             [&](const ModuleSubscription& subscription) {
                               return subscription.module == module && subscription.kind == kind;
                             });
}

bool Redrives::publishes_for(std::string_view module, std::string_view wanted_by) const {
  return module != wanted_by &&
         std::ranges::any_of(parts_.log.catalog().types(), [&](const EventType& type) {
           return type.owner == module && subscribes(wanted_by, type.kind);
         });
}

bool Redrives::may_miss(std::string_view wanted_by) const {
  if (sink_ == nullptr) return false;
  return is_absent(wanted_by) ||
         std::ranges::any_of(parts_.absent_modules, [&](const std::string& module) {
           return publishes_for(module, wanted_by);
         });
}

bool Redrives::may_be_sent(const Event& event) const {
  const EventMeta& meta = event.meta();
  const EventType* type = parts_.log.catalog().find(meta.kind, meta.version);
  return meta.audience.empty() && meta.occurred_at > parts_.clock.now() - redrivable_for &&
         type != nullptr && type->visibility == Visibility::published;
}

EventList Redrives::of_key(storage::Connection& connection, std::string_view key) const {
  if (sink_ == nullptr) return {};
  return parts_.log.of_key(connection.session(event_owner), key, events_of_key_max);
}

std::optional<std::size_t> Redrives::redrive(storage::Connection& connection, std::string_view key,
                                             std::string_view wanted_by) {
  const EventList events = of_key(connection, key);
  Redrive again{.wanted_by = std::string(wanted_by)};
  for (const EventPtr& event : events) {
    if (!may_be_sent(*event)) continue;
    for (const ModuleSubscription& subscription : parts_.log.catalog().module_subscriptions()) {
      const std::string& module = subscription.module;
      if (subscription.kind != event->kind() || !is_absent(module)) continue;
      if (module != wanted_by && !publishes_for(module, wanted_by)) continue;
      if (!is_confirmed(*event)) return std::nullopt;
      again.events.push_back({.event = event,
                              .receiver = module,
                              .receiver_nodes = nodes_that_published(events, module)});
    }
  }
  const std::size_t count = again.events.size();
  if (count > 0) send(std::move(again));
  return count;
}

bool Redrives::answer(storage::Connection& connection, const Event& known,
                      std::string_view wanted_by, CausalTracker::TrackingNumber tracking_number) {
  if (!is_absent(wanted_by)) return false;
  const EventMeta& meta = known.meta();
  const std::string publisher = parts_.node + "/" + meta.audience;
  Redrive again{.wanted_by = std::string(wanted_by)};
  for (const EventPtr& event : of_key(connection, meta.key)) {
    if (may_be_sent(*event) && is_confirmed(*event) && event->meta().origin == publisher &&
        subscribes(wanted_by, event->kind()))
      again.events.push_back({.event = event, .receiver = again.wanted_by});
  }
  if (again.events.empty()) return false;
  again.done = [this, is = Answered{tracking_number, meta.seq}] { answered(is); };
  send(std::move(again));
  return true;
}

void Redrives::send(Redrive again) {
  parts_.outbox.after_commit([this, again = std::move(again)]() mutable {
    const std::function<void()> done = again.done;
    // What is not taken now is asked for again.
    if (!sink_->redrive(std::move(again)) && done) done();
  });
}

void Redrives::answered(const Answered& answered) noexcept {
  {
    const std::lock_guard lock(mutex_);
    answered_.push_back(answered);
  }
  parts_.wake();
}

std::vector<Redrives::Answered> Redrives::take_answered() {
  const std::lock_guard lock(mutex_);
  return std::exchange(answered_, {});
}

bool Redrives::has_answered() const {
  const std::lock_guard lock(mutex_);
  return !answered_.empty();
}

}  // namespace orderflow::events
