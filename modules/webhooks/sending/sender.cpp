#include "sending/sender.hpp"

#include "delivery_store.hpp"
#include "endpoint/endpoint_store.hpp"
#include "events/delivery/timers.hpp"
#include "sending/attempt_span.hpp"
#include "sending/request.hpp"
#include "telemetry/exposition.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace orderflow::webhooks {
namespace {

using namespace std::chrono_literals;
using boost::asio::awaitable;

/// How often every endpoint is looked at, for hints that were lost, and rows that have grown old.
constexpr core::Duration look_around_every = 60s;
/// Endpoints that are looked at before others on the thread get their turn.
constexpr std::size_t turns_a_pump = 64;

/// The longest that a delivery may wait for its next attempt: jitter adds a fifth.
core::Duration longest_wait(const Settings& settings) {
  core::Duration longest = rest_asked_for_max;
  for (const core::Duration delay : settings.retry_delays)
    longest = std::max(longest, delay + delay / 5);
  return longest;
}

telemetry::Logger& logger() {
  return telemetry::log("webhooks");
}

}  // namespace

Sender::Sender(Surroundings surroundings)
    : with_(surroundings),
      scheduler_(surroundings.settings.in_flight_max, surroundings.settings.in_flight_each),
      roster_(surroundings.host, surroundings.kinds,
              [this](EndpointId id) { scheduler_.ready(id); }),
      journal_(surroundings.host, surroundings.settings,
               {.prepare = [this](Batch& batch) { prepare(batch); },
                .written = [this](Batch& batch) { written(batch); }}),
      longest_wait_(longest_wait(surroundings.settings)) {}

awaitable<void> Sender::begin() {
  const auto executor = co_await boost::asio::this_coro::executor;
  {
    const std::lock_guard lock(mutex_);
    executor_ = executor;
  }
  news_ = with_.host.live().make_waiter(executor, [this] { pump(); });
  look_around_at_ = with_.host.clock().now();
  pump();
}

void Sender::has_work(const std::vector<EndpointId>& endpoints) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    for (const EndpointId id : endpoints)
      hints_.try_emplace(id, false);
    post_pump_locked();
  } catch (const std::exception& e) {
    logger().warn("a hint of webhooks to be sent is lost error=\"{}\"", e.what());
  }
}

void Sender::has_changed(EndpointId endpoint) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    hints_[endpoint] = true;
    post_pump_locked();
  } catch (const std::exception& e) {
    logger().warn("a hint of a changed webhook is lost error=\"{}\"", e.what());
  }
}

void Sender::set_paused(bool paused) noexcept {
  if (is_paused_.exchange(paused) == paused) return;
  try {
    post_pump();
  } catch (const std::exception& e) {
    logger().warn("webhooks notice late that they are resumed error=\"{}\"", e.what());
  }
}

void Sender::post_pump() {
  const std::lock_guard lock(mutex_);
  post_pump_locked();
}

void Sender::post_pump_locked() {
  if (is_posted_ || !executor_) return;
  boost::asio::post(executor_, [this] { pump(); });
  is_posted_ = true;
}

void Sender::pump() noexcept {
  const core::Timestamp now = with_.host.clock().now();
  try {
    notice_clock(now);
    read_on();
    if (!is_paused_ && std::exchange(was_paused_, false)) {
      for (const Roster::Member* member : roster_.busy())
        scheduler_.ready(member->endpoint.id);
    }
    look_around(now);
    std::size_t turns = 0;
    while (!stopping_ && turns < turns_a_pump) {
      const auto id = scheduler_.next(now);
      if (!id) break;
      ++turns;
      serve(*id, now);
    }
    check_bounds();
    note_settled();
    for (const EndpointId id : roster_.take_passed())
      journal_.add_place(id);
    journal_.go_on(executor_);
    if (turns == turns_a_pump) post_pump();
    if (!stopping_) arm();
    if (!stopping_ && !is_paused_) news_->arm(with_.host.live(), roster_.position());
  } catch (const std::exception& e) {
    logger().error("webhooks cannot be sent error=\"{}\"", e.what());
    look_around_soon(now);
  }
}

/// What an endpoint's owner has changed is told before the commit of the change is seen in the log:
/// up to a position that was read first, all changes are known once the hints were taken.
void Sender::read_on() {
  const events::Seq head = with_.host.live().newest();
  if (!roster_.is_loaded()) roster_.load(finished_to(), head);
  take_hints();
  if (is_paused_) was_paused_ = true;
  if (stopping_ || is_paused_) return;
  if (roster_.advance(head)) post_pump();
}

void Sender::look_around_soon(core::Timestamp now) noexcept {
  look_around_at_ = now + own_failure_pause;
  try {
    arm();
  } catch (const std::exception& e) {
    logger().error("webhooks wait for the next event error=\"{}\"", e.what());
  }
}

void Sender::notice_clock(core::Timestamp now) {
  if (now < pumped_at_) {
    scheduler_.clock_went_back(now);
    look_around_at_ = now;
  }
  pumped_at_ = now;
}

void Sender::take_hints() {
  std::map<EndpointId, bool> hints;
  {
    const std::lock_guard lock(mutex_);
    is_posted_ = false;
    hints.swap(hints_);
  }
  try {
    for (; !hints.empty(); hints.erase(hints.begin())) {
      const auto [id, has_changed] = *hints.begin();
      roster_.refresh(id);
      if (has_changed) {
        scheduler_.forget_rest(id);
        has_upkeep_ = true;
      }
      scheduler_.ready(id);
    }
  } catch (...) {
    // The log must not be looked at before they are known.
    const std::lock_guard lock(mutex_);
    for (const auto& [id, has_changed] : hints)
      hints_[id] = hints_[id] || has_changed;
    throw;
  }
}

void Sender::look_around(core::Timestamp now) {
  if (stopping_) return;
  const bool is_time = look_around_at_ && *look_around_at_ <= now;
  if (!is_time && !has_upkeep_) return;
  const bool has_any =
      with_.host.read([](storage::Session session) { return EndpointStore(session).has_any(); });
  has_upkeep_ = false;
  if (is_time) look_around_at_.reset();
  if (!has_any) return;
  if (is_time) roster_.refresh_all();
  if (!look_around_at_) look_around_at_ = now + look_around_every;
  if (is_keeping_up_) {
    keep_up_again_ = true;
    return;
  }
  is_keeping_up_ = true;
  boost::asio::co_spawn(executor_, keep_up(), [this](std::exception_ptr) {
    is_keeping_up_ = false;
    if (!std::exchange(keep_up_again_, false)) return;
    has_upkeep_ = true;
    post_pump();
  });
}

awaitable<void> Sender::keep_up() {
  try {
    auto round = with_.cleanup.run();
    co_await std::move(round);
  } catch (const std::exception& e) {
    logger().warn("webhooks' upkeep is put off error=\"{}\"", e.what());
  }
}

void Sender::serve(EndpointId id, core::Timestamp now) {
  try {
    Roster::Member* const member = roster_.find(id);
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

void Sender::serve_due(Roster::Member& member, core::Timestamp now) {
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

void Sender::serve_new(Roster::Member& member, core::Timestamp now) {
  const EndpointId id = member.endpoint.id;
  const std::size_t room = scheduler_.room(id);
  if (room == 0) return;
  Roster::Turn turn =
      roster_.take(member, room, member.endpoint.failures >= EndpointScheduler::failures_open);
  for (Roster::Wanted& wanted : turn.to_park) {
    journal_.add({.endpoint = id,
                  .seq = wanted.seq,
                  .key = std::move(wanted.key),
                  .is_new = true,
                  .message = roster_.pages().message(wanted.seq)});
  }
  for (Roster::Wanted& wanted : turn.to_send) {
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
  ++under_way_;
  auto ended = [this, request_number, failures, id, seq, is_new](std::exception_ptr error) {
    if (!error) return;
    --under_way_;
    const core::Timestamp now = with_.host.clock().now();
    scheduler_.end(request_number, failures, now + own_failure_pause, now);
    if (is_new) roster_.put_back(id, seq);
    has_work({});
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      logger().error("webhook delivery ended early error=\"{}\"", e.what());
    }
  };
  boost::asio::co_spawn(executor_, deliver(std::move(sending)), ended);
}

void Sender::check_bounds() {
  const auto bound = static_cast<std::int64_t>(with_.settings.waiting_max);
  const events::Seq position = roster_.position();
  if (position.value() - checked_at_.value() < std::max<std::int64_t>(bound / 64, 1)) return;
  checked_at_ = position;
  for (const Roster::Member* member : roster_.busy()) {
    const std::size_t waiting = roster_.waiting(*member);
    if (waiting > with_.settings.waiting_max) journal_.add_overfull(member->endpoint.id, waiting);
  }
}

void Sender::note_settled() {
  endpoints_ = roster_.size();
  waiting_ = roster_.waiting();
  settled_ = roster_.settled().value();
  is_held_ = std::ranges::any_of(roster_.busy(),
                                 [](const Roster::Member* member) { return !member->follows; });
}

void Sender::prepare(Batch& batch) {
  std::map<EndpointId, std::vector<events::Seq>> written;
  for (const Entry& entry : batch.entries) {
    if (entry.is_new) written[entry.endpoint].push_back(entry.seq);
  }
  for (auto& [id, position] : batch.positions) {
    const Roster::Member* const member = roster_.find(id);
    if (member != nullptr) position = roster_.settled(*member, written[id]);
  }
}

void Sender::written(Batch& batch) {
  for (Entry& entry : batch.entries) {
    if (entry.is_new || entry.waiting_change != 0) {
      roster_.settle(entry.endpoint, entry.is_new ? entry.seq : events::Seq{0},
                     entry.waiting_change);
    }
    Roster::Member* const member = roster_.find(entry.endpoint);
    if (member != nullptr) {
      member->endpoint.failures = entry.failures;
      if (entry.is_over) has_changed(entry.endpoint);
    }
    if (!entry.ended) {
      scheduler_.ready(entry.endpoint);
      continue;
    }
    --under_way_;
    const core::Timestamp end = entry.ended->attempt.started_at + entry.ended->attempt.duration;
    scheduler_.end(entry.ended->request_number, entry.failures, entry.ended->verdict.rests_until,
                   end);
    count(*entry.ended);
  }
  for (const auto& [id, waiting] : batch.overfull)
    has_changed(id);
  note_settled();
  post_pump();
}

awaitable<void> Sender::deliver(Sending sending) {
  const core::Timestamp started = with_.host.clock().now();
  const int number = sending.delivery.attempts + 1;
  WebhookMessage message = *sending.message;
  auto span = begin_attempt_span(with_.host.tracer(), sending.endpoint, message, number);
  WebhookResponse response;
  try {
    const outbound::HttpRequest request =
        request_of(sending.endpoint, message, started, with_.settings.timeout);
    outbound::HttpAnswer answer = co_await with_.carrier.send(request);
    response.answer = std::move(answer);
  } catch (const std::exception& e) {
    response.error = e.what();
  }
  const core::Timestamp end = with_.host.clock().now();
  Entry::Ended ended{.attempt = {.number = number, .started_at = started},
                     .verdict = judge(response, number - sending.delivery.attempts_before, end,
                                      with_.settings, with_.chance),
                     .request_number = sending.request_number};
  ended.attempt.duration = std::max(end - started, core::Duration{0});
  if (response.answer) ended.attempt.status = response.answer->status;
  if (!ended.verdict.error.empty()) ended.attempt.error = ended.verdict.error;
  end_attempt_span(with_.host.tracer(), std::move(span), ended.attempt.status,
                   ended.verdict.kind == Verdict::Kind::accepted);
  journal_.add({.endpoint = sending.endpoint.id,
                .seq = sending.delivery.seq,
                .key = sending.delivery.key,
                .is_new = sending.is_new,
                .message = sending.message,
                .ended = std::move(ended)});
  journal_.go_on(executor_);
}

void Sender::count(const Entry::Ended& ended) noexcept {
  attempt_micros_.observe(static_cast<std::uint64_t>(ended.attempt.duration.count()));
  ++(ended.verdict.kind == Verdict::Kind::accepted ? accepted_ : refused_);
  if (ended.verdict.kind == Verdict::Kind::given_up) ++given_up_;
}

void Sender::export_metrics(telemetry::Exposition& metrics) const {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  metrics.gauge("orderflow_webhook_endpoints", "Endpoints that are told of events.",
                number(endpoints_));
  metrics.gauge("orderflow_webhook_deliveries_waiting",
                "Deliveries that are due, retried or parked.", number(waiting_));
  metrics.gauge("orderflow_webhook_in_flight", "Requests that run.", number(under_way_));
  metrics.counter("orderflow_webhook_attempts_total", "Attempts, by how they ended.",
                  number(accepted_), {{"outcome", "accepted"}});
  metrics.counter("orderflow_webhook_attempts_total", "Attempts, by how they ended.",
                  number(refused_), {{"outcome", "failed"}});
  metrics.counter("orderflow_webhook_given_up_total", "Deliveries whose last attempt has failed.",
                  number(given_up_));
  metrics.histogram("orderflow_webhook_attempt_seconds", "What an attempt took.",
                    attempt_micros_.snapshot(), 1e6);
}

void Sender::arm() {
  auto due = scheduler_.next_due();
  if (look_around_at_ && (!due || *look_around_at_ < *due)) due = look_around_at_;
  if (!due) return;
  const std::lock_guard lock(mutex_);
  // Timers cannot be taken back: one that comes too early does no harm.
  if (armed_for_ && *armed_for_ <= *due) return;
  with_.host.timers().at(*due, [this, time = *due] { ring(time); });
  armed_for_ = due;
}

void Sender::ring(core::Timestamp time) {
  const std::lock_guard lock(mutex_);
  // By the clock it may not be time yet: then another one is armed.
  if (armed_for_ == time) armed_for_.reset();
  post_pump_locked();
}

}  // namespace orderflow::webhooks
