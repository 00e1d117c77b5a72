#include "host/host.hpp"

#include "events/delivery/follower.hpp"
#include "events/dispatcher.hpp"

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

}  // namespace orderflow::host
