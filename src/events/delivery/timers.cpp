#include "events/delivery/timers.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace orderflow::events {

void AsioTimers::at(core::Timestamp due, std::function<void()> callback) {
  auto timer = std::make_shared<boost::asio::steady_timer>(context_);
  timer->expires_after(std::max(core::Duration{0}, due - clock_.now()));
  timer->async_wait(
      [timer, callback = std::move(callback)](boost::system::error_code) { callback(); });
}

void ManualTimers::at(core::Timestamp due, std::function<void()> callback) {
  const std::lock_guard lock(mutex_);
  waiting_.emplace(due, std::move(callback));
}

std::size_t ManualTimers::fire(core::Timestamp now) {
  std::vector<std::function<void()>> due;
  {
    const std::lock_guard lock(mutex_);
    const auto end = waiting_.upper_bound(now);
    for (auto it = waiting_.begin(); it != end; ++it)
      due.push_back(std::move(it->second));
    waiting_.erase(waiting_.begin(), end);
  }
  for (const auto& callback : due)
    callback();
  return due.size();
}

std::optional<core::Timestamp> ManualTimers::next() const {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  return waiting_.begin()->first;
}

boost::asio::awaitable<void> sleep_until(Timers& timers, core::Timestamp due) {
  auto initiate = [&](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto executor = boost::asio::get_associated_executor(*shared);
    timers.at(due, [shared, executor] {
      boost::asio::post(executor, [shared] { std::move (*shared)(); });
    });
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      initiate, boost::asio::use_awaitable);
}

}  // namespace orderflow::events
