#include "sending/journal.hpp"

#include "delivery_store.hpp"
#include "endpoint/endpoint_store.hpp"
#include "events/delivery/timers.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <iterator>

namespace orderflow::webhooks {
namespace {

using events::Seq;
using Kind = Verdict::Kind;

void log_disabled(const Endpoint& endpoint) {
  telemetry::log("webhooks")
      .warn("webhook endpoint disabled endpoint={} missed_after={} reason=\"{}\"",
            endpoint.id.value().to_string(), endpoint.missed_after.value_or(Seq{0}).value(),
            endpoint.disabled_because.value_or(""));
}

/// Writes a batch; reads each endpoint once, and writes it once where it has changed.
class BatchWriter {
 public:
  BatchWriter(events::Turn& turn, const Settings& settings)
      : turn_(turn), settings_(settings), endpoints_(turn.db()), deliveries_(turn.db()) {}

  void write(Entry& entry) {
    Known& known = find(entry.endpoint);
    entry.failures = 0;
    entry.waiting_change = 0;
    entry.is_over = true;
    if (!known.endpoint) return;
    Endpoint& endpoint = *known.endpoint;
    entry.failures = endpoint.failures;
    entry.is_over = endpoint.state != EndpointState::enabled;
    if (!entry.ended) return park(entry, endpoint);
    if (entry.is_new ? !write_first(entry, endpoint) : !write_again(entry, endpoint)) return;
    known.is_touched = judge_endpoint(*entry.ended, endpoint) || known.is_touched;
    entry.failures = endpoint.failures;
    entry.is_over = endpoint.state != EndpointState::enabled;
  }

  void move(EndpointId id, Seq position) {
    Known& known = find(id);
    if (!known.endpoint || position <= known.endpoint->cursor) return;
    known.endpoint->cursor = position;
    known.has_moved = true;
    if (known.endpoint->wanted.earlier.empty()) return;
    known.endpoint->wanted.forget_to(position);
    known.is_touched = true;
  }

  void disable_overfull(EndpointId id, std::size_t waiting) {
    Known& known = find(id);
    if (!known.endpoint || known.endpoint->state != EndpointState::enabled) return;
    known.endpoint->disable(std::to_string(waiting) + " deliveries wait, and no more than " +
                                std::to_string(settings_.waiting_max) + " may",
                            turn_.newest());
    log_disabled(*known.endpoint);
    known.is_touched = true;
  }

  void finish() {
    for (auto& [id, known] : known_) {
      if (known.is_touched) {
        known.endpoint->updated_at = turn_.now();
        endpoints_.update(*known.endpoint);
      } else if (known.has_moved) {
        endpoints_.move(id, known.endpoint->cursor);
      }
    }
  }

 private:
  struct Known {
    std::optional<Endpoint> endpoint{};
    bool is_touched = false;
    bool has_moved = false;
  };

  Known& find(EndpointId id) {
    const auto [found, is_new] = known_.try_emplace(id);
    if (is_new) found->second.endpoint = endpoints_.find(id);
    return found->second;
  }

  Delivery new_delivery(const Entry& entry) const {
    return {.endpoint = entry.endpoint,
            .seq = entry.seq,
            .key = entry.key,
            .due_at = turn_.now(),
            .created_at = turn_.now()};
  }

  /// Its endpoint was told to get nothing of it any more.
  static bool is_canceled(const Entry& entry, const Endpoint& endpoint) {
    return entry.seq <= std::max(endpoint.cursor, endpoint.canceled_to);
  }

  /// Lets it wait: due where no earlier one of its key waits.
  void insert_waiting(Entry& entry, Delivery delivery, const Endpoint& endpoint) {
    if (is_canceled(entry, endpoint)) {
      delivery.state = DeliveryState::canceled;
      delivery.ended_at = turn_.now();
    } else if (deliveries_.is_waited_for(entry.endpoint, entry.key, endpoint.canceled_to)) {
      delivery.state = DeliveryState::parked;
    }
    if (!deliveries_.insert(delivery)) return;
    deliveries_.keep_message(*entry.message);
    if (waits(delivery.state)) entry.waiting_change = 1;
  }

  void park(Entry& entry, const Endpoint& endpoint) {
    insert_waiting(entry, new_delivery(entry), endpoint);
  }

  /// The first attempt of an event.
  bool write_first(Entry& entry, const Endpoint& endpoint) {
    if (deliveries_.has(entry.endpoint, entry.seq)) return false;
    Delivery delivery = new_delivery(entry);
    delivery.attempts = entry.ended->attempt.number;
    delivery.created_at = entry.ended->attempt.started_at;
    apply(*entry.ended, delivery);
    if (waits(delivery.state)) {
      insert_waiting(entry, std::move(delivery), endpoint);
    } else {
      deliveries_.insert(delivery);
      if (delivery.state != DeliveryState::delivered) deliveries_.keep_message(*entry.message);
    }
    deliveries_.insert_attempt(entry.endpoint, entry.seq, entry.ended->attempt);
    return true;
  }

  /// Another attempt of what has a row.
  bool write_again(Entry& entry, const Endpoint& endpoint) {
    auto delivery = deliveries_.find(entry.endpoint, entry.seq);
    // It was canceled, or canceled and sent again, while this attempt was under way.
    if (!delivery || delivery->attempts + 1 != entry.ended->attempt.number) return false;
    deliveries_.insert_attempt(entry.endpoint, entry.seq, entry.ended->attempt);
    const bool waited = waits(delivery->state);
    delivery->attempts = entry.ended->attempt.number;
    if (waited) apply(*entry.ended, *delivery);
    deliveries_.update(*delivery);
    if (!waited || waits(delivery->state)) return true;
    entry.waiting_change = -1;
    if (delivery->state == DeliveryState::delivered) deliveries_.drop_message_if_made(entry.seq);
    deliveries_.release_next(entry.endpoint, delivery->key, endpoint.canceled_to, turn_.now());
    return true;
  }

  void apply(const Entry::Ended& ended, Delivery& delivery) const {
    delivery.last_status = ended.attempt.status;
    delivery.last_error = ended.attempt.error;
    switch (ended.verdict.kind) {
      case Kind::again:
        delivery.due_at = ended.verdict.due_at;
        return;
      case Kind::accepted:
        delivery.state = DeliveryState::delivered;
        break;
      case Kind::given_up:
        delivery.state = DeliveryState::failed;
        break;
      case Kind::gone:
        delivery.state = DeliveryState::canceled;
        break;
    }
    delivery.ended_at = turn_.now();
  }

  /// True where the endpoint's row is to be written.
  bool judge_endpoint(const Entry::Ended& ended, Endpoint& endpoint) {
    if (ended.verdict.kind == Kind::accepted) {
      if (endpoint.failures == 0) return false;
      endpoint.failures = 0;
      endpoint.failing_since.reset();
      return true;
    }
    ++endpoint.failures;
    if (!endpoint.failing_since) endpoint.failing_since = ended.attempt.started_at;
    if (endpoint.state != EndpointState::enabled) return true;
    const core::Timestamp end = ended.attempt.started_at + ended.attempt.duration;
    if (ended.verdict.kind == Kind::gone) {
      disable_gone(endpoint);
    } else if (end - *endpoint.failing_since >= settings_.disable_after) {
      endpoint.disable("every attempt failed since " + core::to_rfc3339(*endpoint.failing_since),
                       turn_.newest());
      log_disabled(endpoint);
    }
    return true;
  }

  /// It wants no more: what waits for it is canceled, with a row or without.
  void disable_gone(Endpoint& endpoint) {
    const Seq had = std::max(endpoint.cursor, deliveries_.newest(endpoint.id));
    endpoint.disable("it answered 410 Gone", turn_.newest());
    endpoint.canceled_to = deliveries_.newest(endpoint.id);
    endpoint.cursor = turn_.newest();
    endpoint.wanted.earlier.clear();
    endpoint.missed_after = had;
    log_disabled(endpoint);
  }

  events::Turn& turn_;
  const Settings& settings_;
  EndpointStore endpoints_;
  DeliveryStore deliveries_;
  std::map<EndpointId, Known> known_;
};

}  // namespace

void write_batch(events::Turn& turn, Batch& batch, const Settings& settings) {
  BatchWriter writer(turn, settings);
  for (Entry& entry : batch.entries)
    writer.write(entry);
  for (const auto& [id, position] : batch.positions)
    writer.move(id, position);
  for (const auto& [id, waiting] : batch.overfull)
    writer.disable_overfull(id, waiting);
  writer.finish();
}

void Journal::add(Entry entry) {
  positions_.emplace(entry.endpoint, Seq{});
  entries_.push_back(std::move(entry));
}

Batch Journal::next_batch() {
  Batch batch;
  const auto count = static_cast<std::ptrdiff_t>(std::min(entries_.size(), entries_a_batch));
  std::move(entries_.begin(), entries_.begin() + count, std::back_inserter(batch.entries));
  entries_.erase(entries_.begin(), entries_.begin() + count);
  batch.positions.swap(positions_);
  batch.overfull.swap(overfull_);
  for (const Entry& left : entries_)
    positions_.emplace(left.endpoint, Seq{});
  return batch;
}

void Journal::go_on(const boost::asio::any_io_executor& executor) {
  if (is_writing_ || (entries_.empty() && positions_.empty() && overfull_.empty())) return;
  is_writing_ = true;
  boost::asio::co_spawn(executor, write_all(), [this](std::exception_ptr error) {
    is_writing_ = false;
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      telemetry::log("webhooks").error("webhook attempts are not written error=\"{}\"", e.what());
    }
  });
}

boost::asio::awaitable<void> Journal::write_all() {
  for (;;) {
    Batch batch = next_batch();
    if (batch.empty()) co_return;
    reader_.prepare(batch);
    auto body = [&](events::Turn& turn) { write_batch(turn, batch, settings_); };
    for (bool is_written = false; !is_written;) {
      try {
        co_await host_.write(trace_, body);
        is_written = true;
      } catch (const std::exception& e) {
        telemetry::log("webhooks")
            .warn("webhook attempts wait to be written error=\"{}\"", e.what());
      }
      if (is_written) break;
      // They are not sent again meanwhile, for they are still under way.
      auto pause = events::sleep_until(host_.timers(), host_.clock().now() + own_failure_pause);
      co_await std::move(pause);
    }
    reader_.written(batch);
  }
}

}  // namespace orderflow::webhooks
