#include "events/log/live_feed.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace orderflow::events {

void LiveFeed::start(Seq newest) {
  const std::lock_guard lock(mutex_);
  newest_ = newest;
  kept_after_ = newest;
}

void LiveFeed::publish(const EventList& events, Seq newest) {
  std::vector<std::shared_ptr<Waiter>> to_wake;
  {
    const std::lock_guard lock(mutex_);
    newest_ = newest;
    for (const EventPtr& event : events) {
      if (kept_.size() == kept_max) {
        kept_after_ = kept_.front()->meta().seq;
        kept_.pop_front();
      }
      kept_.push_back(event);
    }
    if (events.empty()) return;
    std::erase_if(waiters_, [&](const std::weak_ptr<Waiter>& weak) {
      auto waiter = weak.lock();
      if (waiter) to_wake.push_back(std::move(waiter));
      return weak.expired();
    });
  }
  for (const auto& waiter : to_wake)
    waiter->notify();
}

std::optional<EventList> LiveFeed::after(Seq after, std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  if (after >= newest_) return EventList{};
  if (after < kept_after_ || kept_.empty()) return std::nullopt;
  EventList events;
  auto it = std::ranges::upper_bound(kept_, after, {},
                                     [](const EventPtr& event) { return event->meta().seq; });
  for (; it != kept_.end() && events.size() < limit; ++it)
    events.push_back(*it);
  return events;
}

Seq LiveFeed::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

std::shared_ptr<LiveFeed::Waiter> LiveFeed::make_waiter(boost::asio::any_io_executor executor,
                                                        std::function<void()> wake) {
  auto waiter = std::make_shared<Waiter>(std::move(executor), std::move(wake));
  const std::lock_guard lock(mutex_);
  std::erase_if(waiters_, [](const std::weak_ptr<Waiter>& weak) { return weak.expired(); });
  waiters_.push_back(waiter);
  return waiter;
}

void LiveFeed::Waiter::arm(const LiveFeed& feed, Seq seen) {
  {
    const std::lock_guard lock(mutex_);
    armed_ = true;
  }
  // Armed first, looked second: an event in between is not missed.
  if (feed.newest() > seen) notify();
}

void LiveFeed::Waiter::notify() {
  {
    const std::lock_guard lock(mutex_);
    if (!armed_) return;
    armed_ = false;
  }
  boost::asio::post(executor_, [self = shared_from_this()] {
    if (self->wake_) self->wake_();
  });
}

}  // namespace orderflow::events
