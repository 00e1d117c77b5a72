#pragma once

#include "events/records/delivery_record.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// All SQL on `event_attempt`: what is kept of the attempts of events that failed. Every function
/// works on a session of `event_owner`; what changes something on the writer's, within a
/// transaction.

void keep_attempt(storage::Session session, std::string_view subscription, const Event& event,
                  const AttemptRecord& attempt);
/// Keeps an attempt that used up nothing as one with those just before it of which that is true
/// too, so that an outage adds one row however long it takes.
void keep_uncounted_attempt(storage::Session session, std::string_view subscription,
                            const Event& event, const AttemptRecord& attempt,
                            const AttemptCount& attempts);

/// Gives the attempts of one subscription to another, in place of those that it has of the same
/// number.
void move_attempts(storage::Session session, std::string_view from, std::string_view to);

void remove_attempts(storage::Session session, std::string_view subscription);
/// Removes those of up to `events_max` events. False where there was none left.
bool remove_some_attempts(storage::Session session, std::string_view subscription,
                          std::int64_t events_max);
/// Removes those of events in (after, upto] that are not in the log any more.
void remove_attempts_without_event(storage::Session session, Seq after, Seq upto);

struct AttemptView {
  std::string subscription;
  Seq seq;
  AttemptRecord attempt;
};

/// Attempts of a key, over all subscriptions, in order of time.
std::vector<AttemptView> attempts_of_key(storage::Session session, std::string_view key,
                                         std::size_t limit);

/// Attempts of an event in a subscription: the newest `limit`, in order.
std::vector<AttemptRecord> attempts_of_event(storage::Session session,
                                             std::string_view subscription, Seq seq,
                                             std::size_t limit);

}  // namespace orderflow::events
