#pragma once

#include "core/order_id.hpp"

namespace orderflow::notifications {

using core::OrderId;
using core::UserId;

/// Names a notification; a version 7 UUID, the same wherever its event is notified of.
using NotificationId = core::Strong<struct NotificationIdTag, core::Uuid>;

}  // namespace orderflow::notifications
