#include "host/host.hpp"

#include "events/delivery/follower.hpp"
#include "events/dispatcher.hpp"
#include "events/flow_status.hpp"
#include "events/remote/relay.hpp"

#include <algorithm>

namespace orderflow::host {

void Host::subscribe(events::TransactionalSubscription subscription) {
  subscription.module = module_;
  services_.dispatcher.subscribe(std::move(subscription));
}

void Host::subscribe(events::EffectSubscription subscription) {
  subscription.module = module_;
  services_.dispatcher.subscribe(std::move(subscription));
}

void Host::subscribe(events::FollowerSubscription subscription) {
  subscription.module = module_;
  services_.dispatcher.subscribe(std::move(subscription));
}

bool Host::may_miss(std::string_view module) const {
  return services_.dispatcher.redrives().may_miss(module);
}

std::optional<std::size_t> Host::redrive(events::Turn& turn, std::string_view key,
                                         std::string_view wanted_by) const {
  return services_.dispatcher.redrives().redrive(turn.db().connection(), key, wanted_by);
}

core::Duration Host::relay_delay() const {
  return read_log(
      [&](storage::Session session) { return services_.dispatcher.relay_delay(session); });
}

Passage Host::passage(std::string_view module, events::Seq seq) const {
  const events::FlowStatus flow = services_.dispatcher.status();
  const auto relay =
      std::ranges::find(flow.subscriptions, events::relay_name, &events::SubscriptionStatus::name);
  if (relay == flow.subscriptions.end()) return Passage::here;
  if (std::ranges::find(flow.subscriptions, module, &events::SubscriptionStatus::module) !=
      flow.subscriptions.end()) {
    return Passage::here;
  }
  return relay->finished_to < seq ? Passage::unsent : Passage::sent;
}

}  // namespace orderflow::host
