#include "sending/sender.hpp"

#include "delivery_store.hpp"
#include "endpoint/endpoint_store.hpp"
#include "events/timers.hpp"
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
/// After a failure of our own, such as a full writer.
constexpr core::Duration own_failure_pause = 1s;
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
      lanes_(surroundings.settings.in_flight_max, surroundings.settings.in_flight_each),
      longest_wait_(longest_wait(surroundings.settings)) {}

awaitable<void> Sender::begin() {
  const auto executor = co_await boost::asio::this_coro::executor;
  {
    const std::lock_guard lock(mutex_);
    executor_ = executor;
  }
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
    take_hints();
    look_around(now);
    std::size_t turns = 0;
    while (!stopping_ && turns < turns_a_pump) {
      const auto id = lanes_.next(now);
      if (!id) break;
      ++turns;
      serve(*id, now);
    }
    if (turns == turns_a_pump) post_pump();
    if (!stopping_) arm();
  } catch (const std::exception& e) {
    logger().error("webhooks cannot be sent error=\"{}\"", e.what());
    look_around_soon(now);
  }
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
    lanes_.clock_went_back(now);
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
  for (const auto& [id, has_changed] : hints) {
    if (has_changed) {
      lanes_.forget_rest(id);
      look_around_at_ = with_.host.clock().now();
    }
    lanes_.ready(id);
  }
}

void Sender::look_around(core::Timestamp now) {
  if (stopping_ || !look_around_at_ || *look_around_at_ > now) return;
  look_around_at_.reset();
  const auto [has_any, enabled] = with_.host.read([](storage::Session session) {
    EndpointStore endpoints(session);
    return std::pair(endpoints.has_any(), endpoints.ids_in(EndpointState::enabled));
  });
  if (!has_any) return;
  for (const EndpointId id : enabled)
    lanes_.ready(id);
  look_around_at_ = now + look_around_every;
  if (is_keeping_up_) {
    keep_up_again_ = true;
    return;
  }
  is_keeping_up_ = true;
  boost::asio::co_spawn(executor_, keep_up(), [this](std::exception_ptr) {
    is_keeping_up_ = false;
    if (!std::exchange(keep_up_again_, false)) return;
    look_around_at_ = with_.host.clock().now();
    post_pump();
  });
}

awaitable<void> Sender::keep_up() {
  try {
    auto round = with_.upkeep.run();
    co_await std::move(round);
  } catch (const std::exception& e) {
    logger().warn("webhooks' upkeep is put off error=\"{}\"", e.what());
  }
}

void Sender::serve(EndpointId id, core::Timestamp now) {
  Work work;
  try {
    work = read_work(id, now);
  } catch (...) {
    lanes_.ready_at(id, now + own_failure_pause);
    throw;
  }
  if (!work.endpoint) lanes_.forget_failures(id);
  if (work.next_due) lanes_.ready_at(id, *work.next_due);
  for (auto& [delivery, message] : work.due) {
    const auto ticket = lanes_.begin(id, delivery.seq, now);
    start({.ticket = ticket,
           .endpoint = *work.endpoint,
           .delivery = std::move(delivery),
           .message = std::move(message)});
  }
  lanes_.release(id);
}

Sender::Work Sender::read_work(EndpointId id, core::Timestamp now) {
  return with_.host.read([&](storage::Session session) {
    Work work;
    auto endpoint = EndpointStore(session).find(id);
    if (!endpoint || endpoint->state != EndpointState::enabled) return work;
    lanes_.learn_failures(id, endpoint->failures);
    const auto& in_flight = lanes_.in_flight(id);
    const std::size_t room = lanes_.room(id);
    DeliveryStore deliveries(session);
    for (Delivery& delivery :
         deliveries.due(id, endpoint->canceled_to, room + in_flight.size() + 1)) {
      if (in_flight.contains(delivery.seq)) continue;
      // What is further away was planned while the clock was ahead.
      if (delivery.due_at > now && delivery.due_at <= now + longest_wait_) {
        work.next_due = delivery.due_at;
        break;
      }
      if (work.due.size() == room) {
        // Its next turn, for when others have given their places back, or it has failed since it
        // was queued.
        lanes_.ready(id);
        break;
      }
      auto message = deliveries.message(delivery.seq);
      if (message) work.due.emplace_back(std::move(delivery), std::move(*message));
    }
    work.endpoint = std::move(endpoint);
    return work;
  });
}

void Sender::start(Flight flight) {
  const auto ticket = flight.ticket;
  const auto failures = flight.endpoint.failures;
  ++under_way_;
  auto ended = [this, ticket, failures](std::exception_ptr error) {
    --under_way_;
    if (!error) return;
    const core::Timestamp now = with_.host.clock().now();
    lanes_.end(ticket, failures, now + own_failure_pause, now);
    has_work({});
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      logger().error("webhook delivery ended early error=\"{}\"", e.what());
    }
  };
  boost::asio::co_spawn(executor_, deliver(std::move(flight)), ended);
}

awaitable<void> Sender::deliver(Flight flight) {
  const core::Timestamp started = with_.host.clock().now();
  const int number = flight.delivery.attempts + 1;
  auto span = begin_attempt_span(with_.host.tracer(), flight.endpoint, flight.message, number);
  Outcome outcome;
  try {
    const outbound::HttpRequest request =
        request_of(flight.endpoint, flight.message, started, with_.settings.timeout);
    outbound::HttpAnswer answer = co_await with_.carrier.send(request);
    outcome.answer = std::move(answer);
  } catch (const std::exception& e) {
    outcome.error = e.what();
  }
  const core::Timestamp ended = with_.host.clock().now();
  AttemptReport report{.endpoint = flight.endpoint.id,
                       .seq = flight.delivery.seq,
                       .attempt = {.number = number, .started_at = started},
                       .verdict = judge(outcome, number - flight.delivery.attempts_before, ended,
                                        with_.settings, with_.chance)};
  report.attempt.duration = std::max(ended - started, core::Duration{0});
  if (outcome.answer) report.attempt.status = outcome.answer->status;
  if (!report.verdict.error.empty()) report.attempt.error = report.verdict.error;
  end_attempt_span(with_.host.tracer(), std::move(span), report.attempt.status,
                   report.verdict.kind == Verdict::Kind::accepted);

  auto writing = write_down(report, flight.message.correlation_id);
  const int failures = co_await std::move(writing);
  count(report);
  lanes_.end(flight.ticket, failures, report.verdict.rests_until, ended);
  if (report.verdict.kind == Verdict::Kind::gone) has_changed(report.endpoint);
  post_pump();
}

void Sender::count(const AttemptReport& report) noexcept {
  attempt_micros_.observe(static_cast<std::uint64_t>(report.attempt.duration.count()));
  ++(report.verdict.kind == Verdict::Kind::accepted ? accepted_ : refused_);
  if (report.verdict.kind == Verdict::Kind::given_up) ++given_up_;
}

void Sender::tell(telemetry::Exposition& told) const {
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  told.gauge("orderflow_webhook_endpoints", "Endpoints that are told of events.",
             number(with_.audience.size()));
  told.gauge("orderflow_webhook_deliveries_waiting", "Deliveries that are due, retried or parked.",
             number(with_.audience.waiting()));
  told.gauge("orderflow_webhook_in_flight", "Requests that run.", number(under_way_));
  told.counter("orderflow_webhook_attempts_total", "Attempts, by how they ended.",
               number(accepted_), {{"outcome", "accepted"}});
  told.counter("orderflow_webhook_attempts_total", "Attempts, by how they ended.", number(refused_),
               {{"outcome", "failed"}});
  told.counter("orderflow_webhook_given_up_total", "Deliveries whose last attempt has failed.",
               number(given_up_));
  told.histogram("orderflow_webhook_attempt_seconds", "What an attempt took.",
                 attempt_micros_.snapshot(), 1e6);
}

awaitable<int> Sender::write_down(const AttemptReport& report, std::string correlation_id) {
  const core::TraceContext trace{.correlation_id = std::move(correlation_id), .traceparent = {}};
  auto body = [&](events::Turn& turn) {
    return record_attempt(turn, report, with_.settings, with_.audience);
  };
  for (;;) {
    try {
      const int failures = co_await with_.host.write(trace, body);
      co_return failures;
    } catch (const std::exception& e) {
      logger().warn("webhook attempt waits to be written error=\"{}\"", e.what());
    }
    // It is not sent again meanwhile, for it is still in flight.
    auto pause =
        events::sleep_until(with_.host.timers(), with_.host.clock().now() + own_failure_pause);
    co_await std::move(pause);
  }
}

void Sender::arm() {
  auto due = lanes_.next_due();
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
