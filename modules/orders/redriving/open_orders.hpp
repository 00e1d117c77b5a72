#pragma once

#include "core/clock.hpp"
#include "host/host.hpp"
#include "orders/contract/order_id.hpp"
#include "redriving/redrive_store.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace orderflow::orders {

/// Goes through the orders that are not final and have waited for longer than a limit, page by
/// page: PENDING ones first, then paid ones that are to be canceled. An order that began to wait
/// later than now, by a clock that was ahead, counts as one that has waited.
class OpenOrders {
 public:
  struct Options {
    core::Duration waited;  ///< at least so long
    /// Between two times that an order is driven on, at first; it doubles with each time up to a
    /// day.
    core::Duration pause{0};
    /// Those that were driven on since then are left out, and no others; nothing: those that are
    /// not due again.
    std::optional<core::Timestamp> not_since = {};
    std::size_t page_size = 64;
  };
  /// The host outlives it.
  OpenOrders(const host::Host& host, Options options)
      : host_(host), options_(options), now_(host.clock().now()) {}

  /// The orders of the next page; may be none although there are more. Those that a dead letter of
  /// this node holds up are left out: an operator decides.
  std::vector<OrderId> next_page();
  bool at_end() const noexcept { return part_ == Part::end; }

 private:
  enum class Part { pending, pending_ahead, canceling, canceling_ahead, end };

  std::vector<OpenOrder> read_page(storage::Session session) const;
  void advance(const std::vector<OpenOrder>& page);
  bool is_due(const OpenOrder& order) const noexcept;
  bool is_held_up(OrderId id) const;

  const host::Host& host_;
  const Options options_;
  const core::Timestamp now_;
  Part part_ = Part::pending;
  core::Uuid after_{};  ///< of the pending ones
  RedriveStore::CancelingPosition after_canceling_{};
};

}  // namespace orderflow::orders
