#include "events/integrity/progress.hpp"

#include "events/log/event_log.hpp"

namespace orderflow::events {

Progress::Progress(storage::Connection& connection)
    : removed_to_(integrity_store::removed_to(connection)),
      newest_(integrity_store::newest(connection.session(event_owner))),
      cursors_(integrity_store::cursors(connection.session(event_owner))),
      with_row_(integrity_store::positions_with_row(connection.session(event_owner))),
      by_hand_(integrity_store::positions_done_by_hand(connection)),
      rebuilding_(integrity_store::rebuilding(connection)) {}

bool Progress::done(std::string_view subscription, Seq seq) const {
  const auto cursor = cursors_.find(subscription);
  if (cursor == cursors_.end() || seq > cursor->second) return false;
  return !has(with_row_, subscription, seq);
}

bool Progress::by_hand(std::string_view subscription, Seq seq) const {
  return has(by_hand_, subscription, seq);
}

bool Progress::has(const integrity_store::Positions& positions, std::string_view subscription,
                   Seq seq) {
  const auto found = positions.find(subscription);
  return found != positions.end() && found->second.contains(seq.value());
}

}  // namespace orderflow::events
