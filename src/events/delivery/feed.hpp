#pragma once

#include "events/log/event.hpp"
#include "events/log/event_log.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <deque>
#include <span>
#include <utility>

namespace orderflow::events {

/// A subscription's supply of events, in log order and without gaps: handed over typed as they are
/// published while the subscription keeps up, read from the log when it has fallen behind. Its
/// memory is bounded. Belongs to the writer thread.
class Feed {
 public:
  static constexpr std::size_t buffered_max = 2048;
  /// One look at the log is bounded also where few of its events are of these kinds.
  static constexpr std::size_t rows_scanned_a_take = 2048;

  Feed(Interest interest, const EventLog& log) : interest_(std::move(interest)), log_(log) {}

  /// Starts after `cursor`, also where it was elsewhere before; `newest` is the last committed
  /// position.
  void start(Seq cursor, Seq newest);

  /// Takes over the next events of the log, the last of which has position `newest`. They are
  /// committed, or written in the running transaction for good.
  void offer(std::span<const EventPtr> published, Seq newest);

  /// Up to `limit` further events.
  EventList take(storage::Connection& connection, std::size_t limit);

  /// True where `take` has something to look at.
  bool pending() const noexcept { return position_ < newest_ && (behind_ || !buffer_.empty()); }

  /// All up to here has been taken, or is not of these kinds.
  Seq position() const noexcept { return position_; }

  /// Continue from the log: forget what is buffered.
  void fall_behind() noexcept;

  const std::vector<std::string>& kinds() const noexcept { return interest_.kinds; }
  bool wants(const Event& event) const noexcept {
    return interest_.holds(event.kind(), event.meta().audience);
  }

 private:
  EventList take_buffered(std::size_t limit);
  EventList take_from_log(storage::Connection& connection, std::size_t limit);

  const Interest interest_;
  const EventLog& log_;
  std::deque<EventPtr> buffer_;
  Seq position_;
  Seq newest_;
  bool behind_ = true;
};

}  // namespace orderflow::events
