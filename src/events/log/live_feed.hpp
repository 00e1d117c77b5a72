#pragma once

#include "events/log/event.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace orderflow::events {

/// The newest committed events, for those who follow the log live: the event streams. Keeps a
/// bounded number; who is further behind reads the log itself. Safe from any thread.
class LiveFeed {
 public:
  static constexpr std::size_t kept_max = 4096;

  /// `newest` is the last position of the log at start.
  void start(Seq newest);

  /// To be called for each commit.
  void publish(const EventList& events, Seq newest);

  /// Up to `limit` events after `after`, or nothing where some of them are no longer kept: read the
  /// log from there.
  std::optional<EventList> after(Seq after, std::size_t limit) const;

  Seq newest() const;

  /// A reader that wants to be woken when there is news. Owned by the reader; once it is gone,
  /// no call comes any more.
  class Waiter;

  /// `wake` is posted to `executor` once for each call of `Waiter::arm`.
  std::shared_ptr<Waiter> make_waiter(boost::asio::any_io_executor executor,
                                      std::function<void()> wake);

 private:
  mutable std::mutex mutex_;
  std::deque<EventPtr> kept_;
  Seq kept_after_;  ///< every later event is kept
  Seq newest_;
  std::list<std::weak_ptr<Waiter>> waiters_;
};

class LiveFeed::Waiter : public std::enable_shared_from_this<Waiter> {
 public:
  Waiter(boost::asio::any_io_executor executor, std::function<void()> wake)
      : executor_(std::move(executor)), wake_(std::move(wake)) {}

  /// Wakes once, at the next event after `seen`; at once where there is one already.
  void arm(const LiveFeed& feed, Seq seen);

  /// From the reader's executor: no call comes after this.
  void cancel() noexcept { wake_ = nullptr; }

 private:
  friend class LiveFeed;
  void notify();

  boost::asio::any_io_executor executor_;
  std::function<void()> wake_;  // touched on the executor alone
  std::mutex mutex_;
  bool armed_ = false;
};

}  // namespace orderflow::events
