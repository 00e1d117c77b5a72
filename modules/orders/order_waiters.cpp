#include "order_waiters.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace orderflow::orders {

using Resume = std::function<void()>;
using Resumes = std::vector<Resume>;

struct OrderWaiters::Wait {
  OrderId id;
  core::Duration due;  // by the steady clock
  // Guarded by the registry's mutex.
  bool changed = false;
  bool over = false;
  Resume resume = {};
};

/// Shared with every place and with the timers' callbacks, so that none of them outlives it. What
/// it resumes or destroys it does without the lock: that may be a coroutine with a place.
class OrderWaiters::Registry : public std::enable_shared_from_this<Registry> {
 public:
  Registry(events::Timers& timers, const core::Clock& clock, std::size_t waiters_max)
      : timers_(timers), clock_(clock), waiters_max_(waiters_max) {}

  std::shared_ptr<Wait> enter(OrderId id, core::Duration limit) {
    const core::Duration due = clock_.steady() + limit;
    auto wait = std::make_shared<Wait>(Wait{.id = id, .due = due});
    bool earliest = false;
    {
      const std::lock_guard lock(mutex_);
      if (released_ || by_order_.size() >= waiters_max_) return nullptr;
      by_order_.emplace(id, wait);
      by_due_.emplace(due, wait.get());
      earliest = needs_timer();
    }
    if (earliest) set_timer(due);
    return wait;
  }

  void leave(const Wait& wait) {
    Resume dropped;
    std::shared_ptr<Wait> last;
    const std::lock_guard lock(mutex_);
    const auto [begin, end] = by_order_.equal_range(wait.id);
    for (auto it = begin; it != end; ++it) {
      if (it->second.get() != &wait) continue;
      last = std::move(it->second);
      by_order_.erase(it);
      break;
    }
    forget_due(wait);
    if (last) dropped = std::exchange(last->resume, {});
  }

  void wake(OrderId id) {
    Resumes resumes;
    {
      const std::lock_guard lock(mutex_);
      const auto [begin, end] = by_order_.equal_range(id);
      for (auto it = begin; it != end; ++it) {
        it->second->changed = true;
        take_resume(*it->second, resumes);
      }
    }
    for (const Resume& resume : resumes)
      resume();
  }

  void give_up(Wait& wait) {
    Resumes resumes;
    {
      const std::lock_guard lock(mutex_);
      wait.over = true;
      take_resume(wait, resumes);
    }
    for (const Resume& resume : resumes)
      resume();
  }

  void release() {
    Resumes resumes;
    {
      const std::lock_guard lock(mutex_);
      released_ = true;
      for (const auto& [id, wait] : by_order_) {
        wait->over = true;
        take_resume(*wait, resumes);
      }
    }
    for (const Resume& resume : resumes)
      resume();
  }

  /// Calls `resume` when the wait has news; at once where it has them.
  void listen(Wait& wait, Resume resume) {
    {
      const std::lock_guard lock(mutex_);
      if (!wait.changed && !wait.over) {
        wait.resume = std::move(resume);
        return;
      }
    }
    resume();
  }

  /// False where the wait is over.
  bool take_news(Wait& wait) {
    const std::lock_guard lock(mutex_);
    wait.changed = false;
    return !wait.over;
  }

 private:
  /// Everything that was due when the timer was set is due when it fires.
  void expire(core::Duration due) {
    Resumes resumes;
    std::optional<core::Duration> next;
    {
      const std::lock_guard lock(mutex_);
      timers_set_.erase(due);
      const auto end = by_due_.upper_bound(due);
      for (auto it = by_due_.begin(); it != end; ++it) {
        it->second->over = true;
        take_resume(*it->second, resumes);
      }
      by_due_.erase(by_due_.begin(), end);
      if (!by_due_.empty() && needs_timer()) next = by_due_.begin()->first;
    }
    if (next) set_timer(*next);
    for (const Resume& resume : resumes)
      resume();
  }

  /// With the lock: whether the first to give up has no timer yet, and takes note of the one that
  /// is to be set.
  bool needs_timer() {
    const core::Duration first = by_due_.begin()->first;
    if (!timers_set_.empty() && *timers_set_.begin() <= first) return false;
    timers_set_.insert(first);
    return true;
  }

  /// Timers go by the clock on the wall, which may have been set since the wait began.
  void set_timer(core::Duration due) {
    timers_.at(clock_.now() + (due - clock_.steady()), [weak = weak_from_this(), due] {
      if (const auto self = weak.lock()) self->expire(due);
    });
  }

  static void take_resume(Wait& wait, Resumes& resumes) {
    if (wait.resume) resumes.push_back(std::exchange(wait.resume, {}));
  }

  void forget_due(const Wait& wait) {
    const auto [begin, end] = by_due_.equal_range(wait.due);
    for (auto it = begin; it != end; ++it) {
      if (it->second != &wait) continue;
      by_due_.erase(it);
      return;
    }
  }

  events::Timers& timers_;
  const core::Clock& clock_;
  const std::size_t waiters_max_;
  std::mutex mutex_;
  std::multimap<OrderId, std::shared_ptr<Wait>> by_order_;
  std::multimap<core::Duration, Wait*> by_due_;
  std::set<core::Duration> timers_set_;
  bool released_ = false;
};

OrderWaiters::OrderWaiters(events::Timers& timers, const core::Clock& clock,
                           std::size_t waiters_max)
    : registry_(std::make_shared<Registry>(timers, clock, waiters_max)) {}

OrderWaiters::~OrderWaiters() {
  release();
}

std::optional<OrderWaiters::Waiter> OrderWaiters::enter(OrderId id, core::Duration limit) {
  auto wait = registry_->enter(id, limit);
  if (!wait) return std::nullopt;
  return Waiter(registry_, std::move(wait));
}

void OrderWaiters::wake(OrderId id) {
  registry_->wake(id);
}

void OrderWaiters::release() {
  registry_->release();
}

OrderWaiters::Waiter::Waiter(std::shared_ptr<Registry> registry,
                             std::shared_ptr<Wait> wait) noexcept
    : registry_(std::move(registry)), wait_(std::move(wait)) {}

OrderWaiters::Waiter::~Waiter() {
  if (wait_) registry_->leave(*wait_);
}

void OrderWaiters::Waiter::give_up() const {
  registry_->give_up(*wait_);
}

boost::asio::awaitable<bool> OrderWaiters::Waiter::wait() const {
  auto initiate = [&](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto executor = boost::asio::get_associated_executor(*shared);
    registry_->listen(*wait_, [shared, executor] {
      boost::asio::post(executor, [shared] { std::move (*shared)(); });
    });
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      initiate, boost::asio::use_awaitable);
  co_return registry_->take_news(*wait_);
}

}  // namespace orderflow::orders
