#pragma once

#include "events/records/delivery_record.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// All SQL on `event_subscription`: the record that each subscription, and each rebuild of one,
/// keeps. Every function works on a session of `event_owner`; what changes something on the
/// writer's, within a transaction.

/// Reads the record, or makes one that starts after `first_cursor`. From now on it is worked by
/// this node, also where it had been forgotten.
SubscriptionRecord load_subscription(storage::Session session, std::string_view name,
                                     Seq first_cursor);
void save_subscription(storage::Session session, std::string_view name,
                       const SubscriptionRecord& record);
void remove_subscription(storage::Session session, std::string_view name);

/// True where a record has this name.
bool has_subscription(storage::Session session, std::string_view name);

/// Moves a cursor that nobody works now.
void move_cursor(storage::Session session, std::string_view name, Seq cursor);

/// The lowest cursor that nobody has forgotten; nothing: there is none.
std::optional<Seq> lowest_cursor(storage::Session session);

/// A cursor, and the last event that is in the log.
struct CursorInLog {
  Seq cursor;
  Seq newest;  ///< 0: the log is empty
};
/// Nothing where there is no such subscription. Reads the tables of every version.
std::optional<CursorInLog> cursor_in_log(storage::Session session, std::string_view name);

/// Dead letters of the subscription of this name, or of all where it is empty, as the records count
/// them.
std::int64_t count_dead(storage::Session session, std::string_view name);

/// Marks every record as worked by nobody.
void give_up_subscriptions(storage::Session session);

/// What is left of a subscription that nobody here works, its rebuilds included.
struct UnhostedRecord {
  std::string subscription;
  Seq cursor;  ///< the lowest
  std::int64_t retrying = 0;
  std::int64_t parked = 0;
  std::int64_t dead = 0;
};
/// Those that nobody works and nobody has forgotten, by name, the first `limit`.
std::vector<UnhostedRecord> unhosted_records(storage::Session session, std::size_t limit);

/// The names of the records that nobody works, nobody has forgotten, and that go by this
/// subscription's name.
std::vector<std::string> unhosted_names(storage::Session session, std::string_view subscription);

/// Counts rows no more that were removed from a record that nobody works: as many as `removed` has
/// in each state.
void subtract_rows(storage::Session session, std::string_view name,
                   const SubscriptionRecord& removed);

/// Notes that nothing is kept any more for what the cursor has not passed.
void mark_forgotten(storage::Session session, std::string_view name, core::Timestamp now);

}  // namespace orderflow::events
