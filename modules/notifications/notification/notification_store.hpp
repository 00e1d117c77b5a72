#pragma once

#include "host/page.hpp"
#include "notification/notification.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::notifications {

/// A notification as it is kept.
struct StoredNotification {
  NotificationId id;
  OrderId order_id;
  std::string user_id;
  std::string kind;
  std::string channel;
  std::string recipient;
  std::string language;
  std::string subject;
  std::string status;
  std::int64_t attempts = 0;
  std::optional<std::string> error;
  core::Timestamp created_at;
  std::optional<core::Timestamp> sent_at;
  std::string correlation_id;
  std::optional<std::string> skipped_because;
};

/// All SQL of the module. Cheap to make, valid while its session is.
class NotificationStore {
 public:
  explicit NotificationStore(storage::Session session) : session_(session) {}

  /// Adds the notification, or brings its row forward to `progress`; false, and nothing changes,
  /// where its status may not become that one. The number of attempts never falls; what was to be
  /// sent, and in which language, stays as it was first. The recipient is the one of this attempt:
  /// an operator may have corrected the address.
  bool record(const Notification& notification, const Progress& progress);

  std::optional<StoredNotification> find(NotificationId id);

  /// The language that a notification is written in, where it has a row.
  std::optional<std::string> language_of(NotificationId id);

  /// Those of an order, or all, the newest first.
  using Page = host::Page<StoredNotification, NotificationId>;
  Page page(const std::optional<OrderId>& order_id,
            const host::PageRequest<NotificationId>& wanted);

 private:
  storage::Session session_;
};

}  // namespace orderflow::notifications
