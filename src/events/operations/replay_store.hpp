#pragma once

#include "core/clock.hpp"
#include "core/uuid.hpp"
#include "events/operations/dead_letters.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// A replay of all dead letters that match a filter, and how far it is.
struct BulkReplay {
  core::Uuid id;
  core::Timestamp requested_at;
  std::string actor;
  DeadLetterFilter filter;
  std::int64_t matched = 0;   ///< when it was asked for
  std::int64_t replayed = 0;  ///< so far
  std::optional<core::Timestamp> finished_at{};
};

/// What of one subscription a run still has to look at.
struct ReplayScope {
  std::string subscription;
  Seq after;
  std::int64_t upto_death;  ///< letters that died later are not of the run
};

/// All SQL on `event_replay` and `event_replay_scope`. On a session of `event_owner`; what changes
/// something on the writer's, within a transaction.

void insert_replay(storage::Session session, const BulkReplay& replay);
/// A scope that begins at the first letter.
void insert_scope(storage::Session session, const core::Uuid& replay, const ReplayScope& scope);

/// Saves how far a run is, and that it is finished.
void save_replay(storage::Session session, const BulkReplay& replay);
void save_scope(storage::Session session, const core::Uuid& replay, const ReplayScope& scope);
void remove_scopes(storage::Session session, const core::Uuid& replay);

/// The runs that are not finished, by age, and what one of them has left.
std::vector<BulkReplay> unfinished_replays(storage::Session session);
std::vector<ReplayScope> scopes_of(storage::Session session, const core::Uuid& replay);

/// A run, or the newest `limit` of them.
std::optional<BulkReplay> find_bulk_replay(storage::Session session, core::Uuid id);
std::vector<BulkReplay> newest_bulk_replays(storage::Session session, std::size_t limit);

}  // namespace orderflow::events
