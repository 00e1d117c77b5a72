#include "events/operations/unhosted_cursors.hpp"

#include "events/log/event_log.hpp"
#include "events/operations/rebuild_store.hpp"
#include "events/records/attempt_store.hpp"
#include "events/records/delivery_store.hpp"
#include "events/records/subscription_store.hpp"

#include <utility>

namespace orderflow::events {
namespace {

constexpr std::int64_t rows_a_step = 1'000;

std::string_view module_of(std::string_view subscription) {
  return subscription.substr(0, subscription.find('.'));
}

/// A rebuild's record is named after its subscription: "users.statistics@3".
bool is_of_rebuild(std::string_view record) {
  return record.find('@') != std::string_view::npos;
}

/// Removes some rows of a record, and counts them no more. False where none is left.
bool remove_rows(storage::Session session, std::string_view record) {
  const SubscriptionRecord removed = remove_some_deliveries(session, record, rows_a_step);
  if (removed.rows() == 0) return remove_some_attempts(session, record, rows_a_step);
  subtract_rows(session, record, removed);
  return true;
}

}  // namespace

std::vector<UnhostedCursor> unhosted_cursors(storage::Session session, const ModuleNames& absent) {
  std::vector<UnhostedCursor> found;
  for (UnhostedRecord& record : unhosted_records(session, unhosted_cursors_max)) {
    UnhostedCursor& cursor = found.emplace_back();
    cursor.name = std::move(record.subscription);
    const auto module = absent.find(module_of(cursor.name));
    if (module != absent.end()) cursor.module = *module;
    cursor.cursor = record.cursor;
    cursor.retrying = record.retrying;
    cursor.parked = record.parked;
    cursor.dead = record.dead;
  }
  return found;
}

Forgetting forget_cursor(storage::Connection& connection, std::string_view name,
                         const ModuleNames& absent, core::Timestamp now) {
  auto session = connection.session(event_owner);
  const auto records = unhosted_names(session, name);
  if (records.empty()) return Forgetting::no_such_cursor;
  const bool may_come_back = absent.contains(module_of(name));
  for (const std::string& record : records) {
    const bool keeps_rows = may_come_back && !is_of_rebuild(record);
    if (!keeps_rows && remove_rows(session, record)) return Forgetting::under_way;
  }
  for (const std::string& record : records) {
    if (is_of_rebuild(record)) {
      // Its rows are removed as those of an old generation are.
      give_up_rebuild(session, name);
      remove_subscription(session, record);
    } else {
      mark_forgotten(session, record, now);
    }
  }
  return Forgetting::done;
}

}  // namespace orderflow::events
