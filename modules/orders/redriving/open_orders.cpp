#include "redriving/open_orders.hpp"

#include "events/records/delivery_store.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace orderflow::orders {
namespace {

using namespace std::chrono_literals;

/// The clocks of two threads, or a clock that is set a little back, make nobody's future.
constexpr core::Duration ahead_min = 5min;
constexpr core::Duration pause_max = 24h;
constexpr std::int64_t doublings_max = 20;
constexpr std::size_t deliveries_looked_at = 64;
constexpr core::Timestamp end_of_time{core::Duration::max()};

/// No identifier of an earlier time is larger.
core::Uuid last_id_before(core::Timestamp time) {
  const auto since_1970 =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  const auto ms = std::max<std::int64_t>(since_1970.count(), 0);
  return core::make_uuid_v7(static_cast<std::uint64_t>(ms), std::array<std::uint8_t, 10>{});
}

core::Duration pause_after(std::int64_t times, core::Duration first) {
  return std::min(first * (std::int64_t{1} << std::min(times - 1, doublings_max)), pause_max);
}

core::Uuid last_id() {
  core::Uuid id;
  id.bytes.fill(0xff);
  return id;
}

}  // namespace

std::vector<OpenOrder> OpenOrders::read_page(storage::Session session) const {
  RedriveStore store(session);
  const std::size_t limit = options_.page_size;
  switch (part_) {
    case Part::pending:
      return store.pending(after_, last_id_before(now_ - options_.waited), limit);
    case Part::pending_ahead:
      return store.pending(std::max(after_, last_id_before(now_ + ahead_min)), last_id(), limit);
    case Part::canceling:
      return store.canceling(after_canceling_, now_ - options_.waited, limit);
    case Part::canceling_ahead:
      return store.canceling(after_canceling_, end_of_time, limit);
    case Part::end:
      break;
  }
  return {};
}

void OpenOrders::advance(const std::vector<OpenOrder>& page) {
  if (!page.empty()) {
    after_ = page.back().id.value();
    after_canceling_ = {page.back().since, after_};
  }
  if (page.size() == options_.page_size) return;
  part_ = static_cast<Part>(static_cast<int>(part_) + 1);
  if (part_ == Part::canceling) after_canceling_ = {};
  if (part_ == Part::canceling_ahead) after_canceling_ = {now_ + ahead_min, {}};
}

bool OpenOrders::is_due(const OpenOrder& order) const noexcept {
  if (!order.last_at) return true;
  if (options_.not_since) return *order.last_at < *options_.not_since;
  // What was driven on later than now was so by a clock that was ahead.
  return *order.last_at > now_ || *order.last_at + pause_after(order.times, options_.pause) <= now_;
}

bool OpenOrders::is_held_up(OrderId id) const {
  return host_.read_log([&](storage::Session session) {
    return std::ranges::any_of(
        events::deliveries_of_key(session, id.value().to_string(), deliveries_looked_at),
        [](const events::DeliveryView& delivery) {
          return delivery.state == events::DeliveryState::dead;
        });
  });
}

std::vector<OrderId> OpenOrders::next_page() {
  std::vector<OrderId> orders;
  bool is_full = false;
  while (orders.empty() && !is_full && !at_end()) {
    const std::vector<OpenOrder> page =
        host_.read([&](storage::Session session) { return read_page(session); });
    is_full = page.size() == options_.page_size;
    advance(page);
    for (const OpenOrder& order : page) {
      if (is_due(order) && !is_held_up(order.id)) orders.push_back(order.id);
    }
  }
  return orders;
}

}  // namespace orderflow::orders
