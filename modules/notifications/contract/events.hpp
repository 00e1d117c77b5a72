#pragma once

#include "notifications/contract/notification_failed.hpp"
#include "notifications/contract/notification_sent.hpp"

namespace orderflow::notifications {

/// Adds every event type that the notifications module publishes to a catalog of event types.
template <class Catalog>
void describe_events(Catalog& catalog) {
  catalog.template add<NotificationSent>("notifications");
  catalog.template add<NotificationFailed>("notifications");
}

}  // namespace orderflow::notifications
