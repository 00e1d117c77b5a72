#include "host/host.hpp"

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

}  // namespace orderflow::host
