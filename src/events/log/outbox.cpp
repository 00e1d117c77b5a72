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
  std::optional<core::Uuid> cause;
  if (meta.causation_id) cause = meta.causation_id->value();
  const auto added = connection.session(event_owner)
                         .execute(
                             "INSERT INTO event_log(seq, id, kind, version, key, origin, home,"
                             " correlation_id, causation_id, traceparent, occurred_at, payload,"
                             " audience)"
                             " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
                             " ON CONFLICT(id, audience) DO NOTHING",
                             meta.seq.value(), meta.id.value(), meta.kind, meta.version, meta.key,
                             meta.origin, meta.home, meta.correlation_id, cause, meta.traceparent,
                             meta.occurred_at, event.payload_, meta.audience);
  if (added == 0) return false;
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
