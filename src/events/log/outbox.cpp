#include "events/log/outbox.hpp"

#include "events/log/event_log.hpp"
#include "storage/error.hpp"

#include <utility>

namespace orderflow::events {

void Outbox::roll_back_to(Mark mark) noexcept {
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
