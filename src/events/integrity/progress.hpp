#pragma once

#include "events/integrity/integrity_store.hpp"
#include "events/log/event.hpp"
#include "storage/connection.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace orderflow::events {

/// All events of one key that are in the log, in order.
struct KeyHistory {
  std::string_view key;
  const EventList& events;
};

/// How far the log reaches and how far each subscription has come, as a database has it.
class Progress {
 public:
  /// Reads it, of tables of any version.
  explicit Progress(storage::Connection& connection);

  /// Retention removed the events up to here; 0 where the log is whole.
  Seq removed_to() const noexcept { return removed_to_; }
  Seq newest() const noexcept { return newest_; }
  bool whole() const noexcept { return removed_to_ == Seq{0}; }
  /// Retention has removed no event of the history after its first one. Before the position up to
  /// which it removes, it leaves single events that a delivery refers to.
  bool whole(const KeyHistory& history) const noexcept {
    return history.events.front()->meta().seq > removed_to_;
  }

  bool knows(std::string_view subscription) const { return cursors_.contains(subscription); }
  const std::map<std::string, Seq, std::less<>>& cursors() const noexcept { return cursors_; }

  /// The subscription is done with the event, in order: its cursor has passed it, no row holds it.
  bool done(std::string_view subscription, Seq seq) const;
  /// An operator discarded the event in this subscription, or let it handle another payload: what
  /// came of it cannot be derived from the log.
  bool by_hand(std::string_view subscription, Seq seq) const;

  /// The subscription's projection is being rebuilt.
  bool rebuilding(std::string_view subscription) const {
    return rebuilding_.contains(subscription);
  }

  /// The subscription has the event before it, or a row that holds it.
  bool waits(std::string_view subscription, Seq seq) const {
    return knows(subscription) && !done(subscription, seq);
  }

 private:
  Seq removed_to_;
  Seq newest_;
  std::map<std::string, Seq, std::less<>> cursors_;
  static bool has(const integrity_store::Positions& positions, std::string_view subscription,
                  Seq seq);

  integrity_store::Positions with_row_;
  integrity_store::Positions by_hand_;
  std::set<std::string, std::less<>> rebuilding_;
};

}  // namespace orderflow::events
