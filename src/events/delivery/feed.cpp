#include "events/delivery/feed.hpp"

#include <algorithm>

namespace orderflow::events {

void Feed::start(Seq cursor, Seq newest) {
  buffer_.clear();
  position_ = cursor;
  newest_ = newest;
  behind_ = cursor < newest;
}

void Feed::offer(std::span<const EventPtr> published, Seq newest) {
  newest_ = newest;
  if (behind_) return;
  for (const EventPtr& event : published) {
    if (!wants(*event)) continue;
    if (buffer_.size() == buffered_max) {
      fall_behind();
      return;
    }
    buffer_.push_back(event);
  }
  if (buffer_.empty()) position_ = newest_;
}

void Feed::fall_behind() noexcept {
  buffer_.clear();
  behind_ = position_ < newest_;
}

EventList Feed::take(storage::Connection& connection, std::size_t limit) {
  return behind_ ? take_from_log(connection, limit) : take_buffered(limit);
}

EventList Feed::take_buffered(std::size_t limit) {
  EventList events;
  const std::size_t count = std::min(limit, buffer_.size());
  events.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    events.push_back(std::move(buffer_.front()));
    buffer_.pop_front();
  }
  if (buffer_.empty()) {
    position_ = newest_;
  } else if (!events.empty()) {
    position_ = events.back()->meta().seq;
  }
  return events;
}

EventList Feed::take_from_log(storage::Connection& connection, std::size_t limit) {
  const auto session = connection.session(event_owner);
  const auto first = log_.first_after(session, position_);
  const Seq scan_end{
      first ? std::min(newest_.value(), first->seq.value() + std::int64_t{rows_scanned_a_take})
            : newest_.value()};
  EventList events = log_.of_interest(session, position_, scan_end, interest_, limit);
  position_ = events.size() == limit ? events.back()->meta().seq : scan_end;
  behind_ = position_ < newest_;
  return events;
}

}  // namespace orderflow::events
