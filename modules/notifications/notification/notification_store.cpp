#include "notification/notification_store.hpp"

#include <map>
#include <utility>

namespace orderflow::notifications {
namespace {

const std::string columns =
    "id, order_id, user_id, kind, channel, recipient, subject, status, attempts, error,"
    " created_at, sent_at, correlation_id, language, skipped_because";

/// By the status that it leads to.
const std::map<Status, std::string> upserts = [] {
  std::map<Status, std::string> texts;
  for (const Status to : all_statuses) {
    texts[to] = "INSERT INTO notifications_notification(" + columns +
                ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
                " ON CONFLICT (id) DO UPDATE SET channel = excluded.channel,"
                " recipient = excluded.recipient, status = excluded.status,"
                " attempts = CASE WHEN excluded.attempts > notifications_notification.attempts"
                " THEN excluded.attempts ELSE notifications_notification.attempts END,"
                " error = excluded.error, sent_at = excluded.sent_at,"
                " skipped_because = excluded.skipped_because"
                " WHERE notifications_notification.status IN (" +
                statuses_before(to) + ")";
  }
  return texts;
}();

const std::string select = "SELECT " + columns + " FROM notifications_notification ";
const std::string select_one = select + "WHERE id = ?1";
const std::string select_all = select + "WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
const std::string select_of_order =
    select + "WHERE order_id = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2";

StoredNotification notification_from_row(const storage::Rows& rows) {
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

}  // namespace

bool NotificationStore::record(const Notification& notification, const Progress& progress) {
  std::optional<std::string_view> skipped_because;
  if (progress.skipped_because) skipped_because = to_string(*progress.skipped_because);
  return session_.execute(
             upserts.at(progress.status), notification.id.value(), notification.order_id.value(),
             notification.user_id.value(), to_string(notification.kind), notification.channel,
             notification.recipient, notification.subject, to_string(progress.status),
             progress.attempts, progress.error, notification.created_at, progress.sent_at,
             notification.correlation_id, notification.language, skipped_because) == 1;
}

std::optional<StoredNotification> NotificationStore::find(NotificationId id) {
  return storage::read_first(session_.query(select_one, id.value()), notification_from_row);
}

std::optional<std::string> NotificationStore::language_of(NotificationId id) {
  auto rows =
      session_.query("SELECT language FROM notifications_notification WHERE id = ?1", id.value());
  if (!rows.next()) return std::nullopt;
  return rows.get<std::string>(0);
}

NotificationStore::Page NotificationStore::page(const std::optional<OrderId>& order_id,
                                                const host::PageRequest<NotificationId>& wanted) {
  const core::Uuid before = host::id_before(wanted.after);
  // One more tells whether there is a next page.
  const std::size_t limit = wanted.limit + 1;
  auto rows = order_id ? session_.query(select_of_order, before, limit, order_id->value())
                       : session_.query(select_all, before, limit);
  return host::page_of<NotificationId>(storage::read_all(std::move(rows), notification_from_row),
                                       wanted.limit);
}

}  // namespace orderflow::notifications
