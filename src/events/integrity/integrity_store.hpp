#pragma once

#include "events/log/event.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_set>

/// What the integrity checks of the event core ask of all its tables together, in the SQL that
/// finds what must not be. A session is of `event_owner`, and may be of a database that another
/// version has made; functions that look for a table first take the connection.
namespace orderflow::events::integrity_store {

/// Positions in the log, by subscription.
using Positions = std::map<std::string, std::unordered_set<std::int64_t>, std::less<>>;

/// The tables note which cursors nobody works, as they do since their sixth migration.
bool has_unhosted(storage::Connection& connection);

/// Up to here the log has lost its events, by its own account or by what is there.
Seq removed_to(storage::Connection& connection);
Seq newest(storage::Session session);
std::map<std::string, Seq, std::less<>> cursors(storage::Session session);
Positions positions_with_row(storage::Session session);
/// Where an operator has discarded an event or edited its payload.
Positions positions_done_by_hand(storage::Connection& connection);
/// The subscriptions that are being rebuilt.
std::set<std::string, std::less<>> rebuilding(storage::Connection& connection);

std::int64_t count_events(storage::Session session);
std::int64_t count_caused(storage::Session session);
std::int64_t count_parked(storage::Session session);
std::int64_t count_attempts(storage::Session session);

/// Each gives a finding a row, as a sentence. Nothing is found in a sound database.
storage::Rows gaps_in_log(storage::Session session, Seq removed_to);
storage::Rows ids_not_unique(storage::Session session);
storage::Rows wrong_causes(storage::Session session, Seq removed_to);
storage::Rows cursors_beyond_the_log(storage::Session session, Seq newest, Seq removed_to);
storage::Rows wrong_counts(storage::Session session);
storage::Rows deliveries_without_event(storage::Session session);
storage::Rows retries_without_time(storage::Session session);
storage::Rows parked_behind_nothing(storage::Session session);
storage::Rows last_attempt_not_kept(storage::Session session);
storage::Rows dead_without_error(storage::Session session);

/// Rows that are not parked behind an earlier one of their key: the subscription, and the rest of
/// the sentence. A finding only where the subscription keeps the order of a key.
storage::Rows before_earlier_of_key(storage::Session session);

/// What operators have edited: subscription, position, payload.
storage::Rows edited_payloads(storage::Session session);

}  // namespace orderflow::events::integrity_store
