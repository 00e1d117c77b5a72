#include "notification/notification_store.hpp"

#include <utility>

namespace orderflow::notifications {
namespace {

#define NOTIFICATION_COLUMNS                                                           \
  "id, order_id, user_id, kind, channel, recipient, subject, status, attempts, error," \
  " created_at, sent_at, correlation_id, language, skipped_because"

StoredNotification notification_of(const storage::Rows& rows) {
  StoredNotification notification;
  notification.id = NotificationId{rows.get<core::Uuid>(0)};
  notification.order_id = OrderId{rows.get<core::Uuid>(1)};
  notification.user_id = rows.get<std::string>(2);
  notification.kind = rows.get<std::string>(3);
  notification.channel = rows.get<std::string>(4);
  notification.recipient = rows.get<std::string>(5);
  notification.subject = rows.get<std::string>(6);
  notification.status = rows.get<std::string>(7);
  notification.attempts = rows.get<std::int64_t>(8);
  notification.error = rows.get<std::optional<std::string>>(9);
  notification.created_at = rows.get<core::Timestamp>(10);
  notification.sent_at = rows.get<std::optional<core::Timestamp>>(11);
  notification.correlation_id = rows.get<std::string>(12);
  notification.language = rows.get<std::string>(13);
  notification.skipped_because = rows.get<std::optional<std::string>>(14);
  return notification;
}

std::vector<StoredNotification> notifications_of(storage::Rows rows) {
  std::vector<StoredNotification> notifications;
  while (rows.next())
    notifications.push_back(notification_of(rows));
  return notifications;
}

/// Behind every identifier of version 7.
core::Uuid last_id() noexcept {
  core::Uuid id;
  id.bytes.fill(0xff);
  return id;
}

}  // namespace

void NotificationStore::record(const Notification& notification, const Progress& progress) {
  std::optional<std::string_view> skipped_because;
  if (progress.skipped_because) skipped_because = to_string(*progress.skipped_because);
  session_.execute("INSERT INTO notifications_notification(" NOTIFICATION_COLUMNS
                   ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
                   " ?15)"
                   " ON CONFLICT (id) DO UPDATE SET channel = excluded.channel,"
                   " recipient = excluded.recipient, status = excluded.status,"
                   " attempts = max(attempts, excluded.attempts), error = excluded.error,"
                   " sent_at = excluded.sent_at, skipped_because = excluded.skipped_because",
                   notification.id.value(), notification.order_id.value(), notification.user_id,
                   to_string(notification.kind), notification.channel, notification.recipient,
                   notification.subject, to_string(progress.status), progress.attempts,
                   progress.error, notification.created_at, progress.sent_at,
                   notification.correlation_id, notification.language, skipped_because);
}

std::optional<StoredNotification> NotificationStore::find(NotificationId id) {
  auto rows = session_.query(
      "SELECT " NOTIFICATION_COLUMNS " FROM notifications_notification WHERE id = ?1", id.value());
  if (!rows.next()) return std::nullopt;
  return notification_of(rows);
}

std::optional<std::string> NotificationStore::language_of(NotificationId id) {
  auto rows =
      session_.query("SELECT language FROM notifications_notification WHERE id = ?1", id.value());
  if (!rows.next()) return std::nullopt;
  return rows.get<std::string>(0);
}

std::vector<StoredNotification> NotificationStore::page(const Query& query) {
  const core::Uuid before = query.after ? query.after->value() : last_id();
  if (query.order_id) {
    return notifications_of(
        session_.query("SELECT " NOTIFICATION_COLUMNS
                       " FROM notifications_notification WHERE order_id = ?1 AND id < ?2"
                       " ORDER BY id DESC LIMIT ?3",
                       query.order_id->value(), before, query.limit));
  }
  return notifications_of(session_.query("SELECT " NOTIFICATION_COLUMNS
                                         " FROM notifications_notification WHERE id < ?1"
                                         " ORDER BY id DESC LIMIT ?2",
                                         before, query.limit));
}

}  // namespace orderflow::notifications
