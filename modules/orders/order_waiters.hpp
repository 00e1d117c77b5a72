#pragma once

#include "events/delivery/timers.hpp"
#include "orders/contract/order_id.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace orderflow::orders {

/// Those who wait for an order to change: requests whose answer is held. At most so many; one timer
/// serves them all, set for whoever gives up first. Nobody waits longer because the clock was set
/// back. Safe from any thread.
///
/// No change is missed by who takes a place first, looks at the database then, and waits last:
///
///     const auto place = waiters.enter(id, limit);
///     while (place && !is_settled(read(id)) && co_await place->wait()) {}
class OrderWaiters {
 public:
  /// Timers and clock outlive it.
  OrderWaiters(events::Timers& timers, const core::Clock& clock, std::size_t waiters_max);
  /// Releases whoever waits.
  ~OrderWaiters();
  OrderWaiters(const OrderWaiters&) = delete;
  OrderWaiters& operator=(const OrderWaiters&) = delete;

  class Waiter;

  /// A place for as long as `limit`; nothing where as many wait as may, or all were released.
  std::optional<Waiter> enter(OrderId id, core::Duration limit);

  /// To be called when a change of the order is on disk.
  void wake(OrderId id);

  /// Ends every wait, now and from now on: the node is stopping. Who waits goes on on its own
  /// executor.
  void release();

 private:
  struct Wait;
  class Registry;
  std::shared_ptr<Registry> registry_;
};

/// One who waits. Given back with its end, also where the waiting coroutine is destroyed.
class OrderWaiters::Waiter {
 public:
  Waiter(std::shared_ptr<Registry> registry, std::shared_ptr<Wait> wait) noexcept;
  Waiter(Waiter&&) noexcept = default;
  Waiter& operator=(Waiter&&) = delete;
  ~Waiter();

  /// Suspends until the order changes, at once where it has since the last call; the caller goes on
  /// on its own executor. False where the time is up or all were released. One call at a time.
  boost::asio::awaitable<bool> wait() const;

  /// Ends this wait alone, now or from the next call on.
  void give_up() const;

 private:
  std::shared_ptr<Registry> registry_;
  std::shared_ptr<Wait> wait_;
};

}  // namespace orderflow::orders
