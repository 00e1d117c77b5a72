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
