#pragma once

#include "core/clock.hpp"
#include "events/log/event.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// A rebuild that has begun.
struct RebuildRecord {
  std::string subscription;
  std::int64_t generation;
  core::Timestamp started_at;
  Seq upto;  ///< the newest position when it began
};

/// Rows of a projection that nobody reads any more.
struct StaleRecord {
  std::string subscription;
  std::int64_t generation;
};

/// All SQL on `event_rebuild` and `event_stale_generation`. On a session of `event_owner`; what
/// changes something on the writer's, within a transaction.

void insert_rebuild(storage::Session session, const RebuildRecord& rebuild);
std::vector<RebuildRecord> unfinished_rebuilds(storage::Session session);

/// The rebuild has ended, and `stale` are the rows that are to be removed now.
void replace_rebuild(storage::Session session, const StaleRecord& stale);
/// The rebuild of the subscription, if there is one, will not be finished: its rows are to be
/// removed.
void give_up_rebuild(storage::Session session, std::string_view subscription);

std::vector<StaleRecord> stale_generations(storage::Session session);
/// Its rows are removed.
void remove_stale(storage::Session session, const StaleRecord& stale);

}  // namespace orderflow::events
