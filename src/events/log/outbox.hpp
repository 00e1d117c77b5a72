#pragma once

#include "events/log/event.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace orderflow::events {

/// Appends events to the log within the running transaction and keeps them, typed, for the
/// hand-over after its commit. Belongs to the writer thread.
class Outbox {
 public:
  /// Positions stay below 2^53: readers of JSON hold no larger number exactly.
  static constexpr std::int64_t position_max = (std::int64_t{1} << 53) - 1;

  /// `newest` is the last position in use in the log.
  explicit Outbox(Seq newest) : next_(newest.value() + 1) {}

  /// A point to go back to when a savepoint is rolled back.
  struct Mark {
    std::size_t events = 0;
    std::int64_t next = 0;
    std::size_t callbacks = 0;
    std::size_t undos = 0;
  };
  Mark mark() const noexcept { return {pending_.size(), next_, callbacks_.size(), undos_.size()}; }
  /// Takes back what came after the mark: events, callbacks, and changes of memory.
  void roll_back_to(Mark mark) noexcept;
  /// The events that were appended since, in this transaction; valid until the next is appended.
  std::span<const EventPtr> since(Mark mark) const {
    return std::span(pending_).subspan(mark.events);
  }

  /// Writes the event and gives it its position. False, and nothing is kept, where the log has its
  /// id already: the same work was done before.
  bool append(storage::Connection& connection, Event event);

  /// To be called once the transaction is on disk.
  void after_commit(std::function<void()> callback) { callbacks_.push_back(std::move(callback)); }

  /// To be called where what was done up to now is undone; never once it is committed. Must not
  /// throw.
  void on_undo(std::function<void()> undo) { undos_.push_back(std::move(undo)); }

  /// The callbacks of the transaction that was just committed.
  std::vector<std::function<void()>> take_callbacks() { return std::exchange(callbacks_, {}); }

  /// The events of the transaction that was just committed, in log order; starts the next.
  EventList take_committed();

  /// The last committed position; also right while a transaction runs.
  Seq committed() const noexcept { return Seq{committed_next_ - 1}; }
  /// The last position in use, the running transaction's events included.
  Seq newest() const noexcept { return Seq{next_ - 1}; }

 private:
  std::int64_t next_;
  std::int64_t committed_next_ = next_;
  EventList pending_;
  std::vector<std::function<void()>> callbacks_;
  std::vector<std::function<void()>> undos_;
};

}  // namespace orderflow::events
