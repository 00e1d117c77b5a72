// The sender's requests: what one endpoint is sent now, of its rows and of the log.
#include "delivery_store.hpp"
#include "sending/sender.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace orderflow::webhooks {

void Sender::serve(EndpointId id, core::Timestamp now) {
  try {
    Member* const member = roster_.find(id);
    if (member == nullptr) {
      scheduler_.forget_failures(id);
    } else {
      scheduler_.learn_failures(id, member->endpoint.failures);
      serve_due(*member, now);
      if (!is_paused_) serve_new(*member, now);
    }
  } catch (...) {
    scheduler_.ready_at(id, now + own_failure_pause);
    throw;
  }
  scheduler_.release(id);
}

void Sender::serve_due(Member& member, core::Timestamp now) {
  if (member.rows_waiting == 0) return;
  const EndpointId id = member.endpoint.id;
  const auto in_flight = scheduler_.in_flight(id);
  std::size_t room = scheduler_.room(id);
  const auto due = with_.host.read([&](storage::Session session) {
    return DeliveryStore(session).due(id, member.endpoint.canceled_to, room + in_flight.size() + 1);
  });
  for (const Delivery& delivery : due) {
    if (in_flight.contains(delivery.seq)) continue;
    // What is further away was planned while the clock was ahead.
    if (delivery.due_at > now && delivery.due_at <= now + longest_wait_) {
      scheduler_.ready_at(id, delivery.due_at);
      return;
    }
    if (room == 0) {
      // Its next turn, for when others have given their slots back, or it has failed since it
      // was queued.
      scheduler_.ready(id);
      return;
    }
    auto message = message_of_row(delivery.seq);
    if (!message) continue;
    --room;
    launch({.request_number = scheduler_.begin(id, delivery.seq, now),
            .endpoint = member.endpoint,
            .delivery = delivery,
            .message = std::move(message),
            .is_new = false});
  }
}

MessagePtr Sender::message_of_row(events::Seq seq) {
  auto kept = with_.host.read(
      [&](storage::Session session) { return DeliveryStore(session).message(seq); });
  if (kept) return std::make_shared<const WebhookMessage>(std::move(*kept));
  return roster_.pages().message(seq);
}

void Sender::serve_new(Member& member, core::Timestamp now) {
  const EndpointId id = member.endpoint.id;
  const std::size_t room = scheduler_.room(id);
  if (room == 0) return;
  Intake::Turn turn =
      roster_.take(member, room, member.endpoint.failures >= EndpointScheduler::failures_open);
  for (Wanted& wanted : turn.to_park) {
    journal_.add({.endpoint = id,
                  .seq = wanted.seq,
                  .key = std::move(wanted.key),
                  .is_new = true,
                  .message = roster_.pages().message(wanted.seq)});
  }
  for (Wanted& wanted : turn.to_send) {
    auto message = roster_.pages().message(wanted.seq);
    if (!message) {
      // Retention was faster, which holds what is before the position of an enabled endpoint alone.
      roster_.settle(id, wanted.seq, 0);
      continue;
    }
    launch({.request_number = scheduler_.begin(id, wanted.seq, now),
            .endpoint = member.endpoint,
            .delivery = {.endpoint = id, .seq = wanted.seq, .key = std::move(wanted.key)},
            .message = std::move(message),
            .is_new = true});
  }
  if (turn.has_more) scheduler_.ready(id);
}

void Sender::launch(Sending sending) {
  const auto request_number = sending.request_number;
  const auto failures = sending.endpoint.failures;
  const auto id = sending.endpoint.id;
  const auto seq = sending.delivery.seq;
  const bool is_new = sending.is_new;
  ++metrics_.under_way;
  auto ended = [this, request_number, failures, id, seq, is_new](std::exception_ptr error) {
    if (!error) return;
    --metrics_.under_way;
    const core::Timestamp now = with_.host.clock().now();
    scheduler_.end(request_number, failures, now + own_failure_pause, now);
    if (is_new) roster_.put_back(id, seq);
    has_work({});
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      telemetry::log("webhooks").error("webhook delivery ended early error=\"{}\"", e.what());
    }
  };
  boost::asio::co_spawn(pump_.executor(), deliver(std::move(sending)), ended);
}

boost::asio::awaitable<void> Sender::deliver(Sending sending) {
  const AttemptServices services{.host = with_.host,
                                 .settings = with_.settings,
                                 .carrier = with_.carrier,
                                 .chance = with_.chance};
  auto attempting = attempt(services, std::move(sending));
  Entry entry = co_await std::move(attempting);
  journal_.add(std::move(entry));
  journal_.go_on(pump_.executor());
}

}  // namespace orderflow::webhooks
