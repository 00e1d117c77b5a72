#include "endpoint_cleanup.hpp"

#include "delivery_store.hpp"
#include "endpoint/endpoint_store.hpp"

#include <utility>
#include <vector>

namespace orderflow::webhooks {
namespace {

using boost::asio::awaitable;
using events::Turn;

constexpr std::size_t rows_a_batch = 500;
constexpr std::size_t visits_a_round = 200;

}  // namespace

awaitable<void> EndpointCleanup::run() {
  const auto deleted = host_.read([](storage::Session session) {
    return EndpointStore(session).ids_in(EndpointState::deleted);
  });
  for (const EndpointId id : deleted) {
    auto removing = remove_deleted(id);
    co_await std::move(removing);
  }
  const auto canceled = host_.read(
      [](storage::Session session) { return EndpointStore(session).with_cancellation(); });
  for (const EndpointId id : canceled) {
    auto marking = mark_canceled(id);
    co_await std::move(marking);
  }
  for (const EndpointId id : next_to_visit()) {
    auto removing = remove_old(id);
    co_await std::move(removing);
  }
}

std::vector<EndpointId> EndpointCleanup::next_to_visit() {
  const auto page = host_.read([this](storage::Session session) {
    return EndpointStore(session).page({.limit = visits_a_round, .after = visited_});
  });
  std::vector<EndpointId> ids;
  for (const Endpoint& endpoint : page.entries)
    ids.push_back(endpoint.id);
  visited_ = page.next;
  return ids;
}

awaitable<void> EndpointCleanup::remove_deleted(EndpointId id) {
  auto body = [&](Turn& turn) {
    DeliveryStore deliveries(turn.db());
    const auto found = deliveries.any(id, rows_a_batch);
    for (const events::Seq seq : found)
      deliveries.remove(id, seq);
    if (!found.empty()) return false;
    EndpointStore(turn.db()).remove(id);
    return true;
  };
  bool done = false;
  while (!done && !stopping_)
    done = co_await host_.write(trace_, body);
}

awaitable<void> EndpointCleanup::mark_canceled(EndpointId id) {
  auto body = [&](Turn& turn) {
    EndpointStore endpoints(turn.db());
    const auto endpoint = endpoints.find(id);
    if (!endpoint) return true;
    const auto found = DeliveryStore(turn.db()).cancel_waiting(id, endpoint->canceled_to,
                                                               rows_a_batch, turn.now());
    if (found == rows_a_batch) return false;
    endpoints.forget_cancellation(id);
    return true;
  };
  bool done = false;
  while (!done && !stopping_)
    done = co_await host_.write(trace_, body);
}

awaitable<void> EndpointCleanup::remove_old(EndpointId id) {
  const events::Seq removed_to =
      host_.read_log([&](storage::Session session) { return host_.log().removed_to(session); });
  auto find = [&](storage::Session session) {
    DeliveryStore deliveries(session);
    auto found = deliveries.ended_to(id, removed_to, rows_a_batch);
    if (found.empty() && settings_.keep) {
      found = deliveries.ended_before(id, host_.clock().now() - *settings_.keep, rows_a_batch);
    }
    return found;
  };
  std::vector<events::Seq> found;
  auto body = [&](Turn& turn) {
    DeliveryStore deliveries(turn.db());
    for (const events::Seq seq : found) {
      // It may have been sent again meanwhile.
      const auto delivery = deliveries.find(id, seq);
      if (!delivery || waits(delivery->state)) continue;
      deliveries.remove(id, seq);
      EndpointStore(turn.db()).note_removed(id, seq);
    }
  };
  while (!stopping_) {
    found = host_.read(find);
    if (found.empty()) co_return;
    co_await host_.write(trace_, body);
    if (found.size() < rows_a_batch) co_return;
  }
}

}  // namespace orderflow::webhooks
