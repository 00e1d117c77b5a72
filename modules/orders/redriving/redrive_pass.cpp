#include "redriving/redrive_pass.hpp"

#include "events/delivery/timers.hpp"
#include "redriving/open_orders.hpp"
#include "redriving/redrive_store.hpp"
#include "storage/error.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace orderflow::orders {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;

constexpr core::Duration look_every_max = 1min;
/// What is published and not confirmed for longer is late.
constexpr core::Duration late_after = 10s;
/// Between two turns that have sent something; between two pages that had nothing to send.
constexpr core::Duration pause_after_orders = 1s;
constexpr core::Duration pause_after_page = 10ms;
constexpr std::size_t forgotten_at_once = 256;

const core::TraceContext& trace_of_pass() {
  static const core::TraceContext trace{.correlation_id = "redrive", .traceparent = {}};
  return trace;
}

void report(const RedriveCount& count) {
  if (count.orders > 0) {
    telemetry::log("orders").info("orders that are not final were driven on orders={} messages={}",
                                  count.orders, count.messages);
  }
  if (count.unsent > 0) {
    telemetry::log("orders").warn(
        "orders are not final, and the log has nothing of them that could be sent again orders={}",
        count.unsent);
  }
}

}  // namespace

bool RedrivePass::may_redrive() {
  const core::Duration now = host_.clock().steady();
  if (host_.relay_delay() > late_after) late_at_ = now;
  return !late_at_ || now - *late_at_ >= after_;
}

awaitable<void> RedrivePass::run() {
  while (!stopping_ && host_.may_miss(host_.module())) {
    try {
      if (may_redrive()) {
        auto looking = look();
        co_await std::move(looking);
      }
    } catch (const storage::WriteRefused& e) {
      telemetry::log("orders").info("looking for orders to drive on is put off because=\"{}\"",
                                    e.what());
    } catch (const std::exception& e) {
      telemetry::log("orders").error("looking for orders to drive on has failed error=\"{}\"",
                                     e.what());
    }
    const core::Timestamp next = host_.clock().now() + std::min(after_, look_every_max);
    co_await events::sleep_until(host_.timers(), next);
  }
}

awaitable<void> RedrivePass::look() {
  RedriveCount total;
  OpenOrders open(host_, {.waited = after_, .pause = after_, .page_size = redriven_at_once});
  while (!open.at_end() && !stopping_ && may_redrive()) {
    const std::vector<OrderId> orders = open.next_page();
    core::Duration pause = pause_after_page;
    if (!orders.empty()) {
      const auto body = [&](events::Turn& turn) { return redrive_orders(turn, host_, orders); };
      const RedriveCount count = co_await host_.write(trace_of_pass(), body);
      total.orders += count.orders;
      total.messages += count.messages;
      total.unsent += count.unsent;
      pause = pause_after_orders;
    }
    if (open.at_end()) break;
    co_await events::sleep_until(host_.timers(), host_.clock().now() + pause);
  }
  report(total);
  auto forgetting = forget_final();
  co_await std::move(forgetting);
}

awaitable<void> RedrivePass::forget_final() {
  const bool is_empty =
      host_.read([](storage::Session session) { return RedriveStore(session).empty(); });
  std::optional<core::Uuid> after = core::Uuid{};
  while (!is_empty && after && !stopping_) {
    const auto body = [&](events::Turn& turn) {
      return RedriveStore(turn.db()).forget_final(*after, forgotten_at_once);
    };
    after = co_await host_.write(trace_of_pass(), body);
  }
}

}  // namespace orderflow::orders
