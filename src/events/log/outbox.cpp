#include "events/log/outbox.hpp"

#include "core/invariant.hpp"
#include "events/log/event_log.hpp"
#include "storage/error.hpp"

#include <utility>

namespace orderflow::events {

void Outbox::roll_back_to(Mark mark) noexcept {
  core::invariant(mark.events <= pending_.size() && mark.callbacks <= callbacks_.size() &&
                      mark.undos <= undos_.size() && mark.next <= next_,
                  "the outbox goes back to a point that it has not reached");
  pending_.resize(mark.events);
  callbacks_.resize(mark.callbacks);
  for (; undos_.size() > mark.undos; undos_.pop_back())
    undos_.back()();
  next_ = mark.next;
}

bool Outbox::append(storage::Connection& connection, Event event) {
  if (next_ > position_max) throw storage::StorageFailure("the log has no position left", 0);
  EventMeta& meta = event.meta_;
  meta.seq = Seq{next_};
  if (!EventLog::append(connection.session(event_owner), meta, event.payload_)) return false;
  ++next_;
  pending_.push_back(std::make_shared<const Event>(std::move(event)));
  return true;
}

EventList Outbox::take_committed() {
  committed_next_ = next_;
  undos_.clear();
  return std::exchange(pending_, {});
}

}  // namespace orderflow::events
