#pragma once

#include "events/operations/dead_letters.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// Reads dead letters: all SQL on `event_delivery` that is about them alone. On a session of
/// `event_owner`. Each call looks at a bounded number of rows.

/// Up to `limit` letters after `after`, ordered by subscription and position. Looks at a bounded
/// number, so a page of a filter can be short before the end; continue at `next`.
DeadLetterPage list_dead_letters(storage::Session session, const DeadLetterFilter& filter,
                                 const std::optional<DeadLetterId>& after, std::size_t limit);

/// Counts letters after `after`. Without a kind, key or error these are the subscriptions' own
/// counts, at once; else a bounded number is looked at: continue at `next`.
DeadLetterCount count_dead_letters(storage::Session session, const DeadLetterFilter& filter,
                                   const std::optional<DeadLetterId>& after);

/// A dead letter as it is now.
std::optional<DeadLetter> find_dead_letter(storage::Session session, const DeadLetterId& id);

/// The payload as an operator has edited it, if one has.
std::optional<std::string> edited_payload(storage::Session session, const DeadLetterId& id);

/// What waits behind it: the first `limit` positions.
std::vector<Seq> parked_behind(storage::Session session, const DeadLetterId& id,
                               std::string_view key, std::size_t limit);

/// What a bulk replay chooses by.
struct LetterHeading {
  Seq seq;
  std::string key;
  std::string kind;
  std::string error;
};
/// Up to `limit` letters of a subscription after `after`, by position, that died no later than
/// death number `upto_death`.
std::vector<LetterHeading> letters_of_run(storage::Session session, std::string_view subscription,
                                          Seq after, std::int64_t upto_death, std::int64_t limit);

}  // namespace orderflow::events
