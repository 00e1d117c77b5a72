#include "check_notifications.hpp"

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "host/rows_by_key.hpp"
#include "notification/notification.hpp"
#include "notify.hpp"
#include "orders/contract/order_created.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace orderflow::notifications {
namespace {

struct NotificationRow {
  core::Uuid key;  ///< the order
  core::Uuid id;
  std::string kind;
};

NotificationRow read_row(const storage::Rows& rows) {
  return {.key = rows.get<core::Uuid>(0),
          .id = rows.get<core::Uuid>(1),
          .kind = rows.get<std::string>(2)};
}

std::optional<std::string_view> subscription_for(const events::Event& event) {
  if (event.kind() == orders::OrderCreated::kind) return confirm_subscription;
  if (event.kind() == billing::OrderProcessed::kind ||
      event.kind() == billing::PaymentRefunded::kind) {
    return report_subscription;
  }
  return std::nullopt;
}

/// Compares notifications with histories, both in the order of the orders' identifiers.
class NotificationReader {
 public:
  explicit NotificationReader(host::ModuleIntegrity& integrity)
      : integrity_(integrity),
        check_(integrity.check("told once")),
        rows_(integrity.tables().query("SELECT order_id, id, kind FROM notifications_notification"
                                       " WHERE order_id > ?1 AND order_id <= ?2"
                                       " ORDER BY order_id",
                                       integrity.orders().after, integrity.orders().upto),
              read_row) {}

  storage::IntegrityCheck& check() noexcept { return check_; }

  void see(const events::KeyHistory& history) {
    const auto order = core::Uuid::parse(history.key);
    if (!order || order->to_string() != history.key) return;
    auto rows = rows_.take(*order, [this](const NotificationRow& row) { about_nothing(row); });
    for (const auto& event : history.events) {
      const auto subscription = subscription_for(*event);
      if (subscription) match(*event, *subscription, rows);
    }
    for (const NotificationRow& row : rows)
      about_nothing(row);
  }

  void finish() {
    rows_.finish([this](const NotificationRow& row) { about_nothing(row); });
    check_.looked_at(rows_.count(), "notifications");
  }

 private:
  /// Takes the row that tells of the event out of `rows`.
  void match(const events::Event& event, std::string_view subscription,
             std::vector<NotificationRow>& rows) {
    const core::Uuid id =
        notification_id(event.meta().id.value(), event.meta().occurred_at, subscription).value();
    if (std::erase_if(rows, [&](const NotificationRow& row) { return row.id == id; }) > 0) return;
    if (!integrity_.progress().done(subscription, event.meta().seq) ||
        integrity_.progress().by_hand(subscription, event.meta().seq)) {
      return;
    }
    check_.report("nothing tells of event " + std::to_string(event.meta().seq.value()) + " (" +
                  event.meta().kind + "), though " + std::string(subscription) + " has passed it");
  }

  void about_nothing(const NotificationRow& row) {
    // The event that it tells of may have been removed.
    if (!integrity_.progress().whole()) return;
    check_.report("notification " + row.id.to_string() + " (" + row.kind + ") of order " +
                  row.key.to_string() + " tells of no event, or of one that another tells of");
  }

  host::ModuleIntegrity& integrity_;
  storage::IntegrityCheck& check_;
  host::RowsByKey<NotificationRow> rows_;
};

}  // namespace

const host::OrderExport& notifications_export() noexcept {
  static const host::QueriedOrders rows({
      .order_behind = "SELECT order_id FROM notifications_notification WHERE order_id > ?1"
                      " ORDER BY order_id LIMIT 1 OFFSET ?2",
  });
  return rows;
}

void check_notifications(host::ModuleIntegrity& integrity) {
  integrity.read_log(std::make_shared<NotificationReader>(integrity));
}

}  // namespace orderflow::notifications
