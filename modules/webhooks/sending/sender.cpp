#include "sending/sender.hpp"

#include "endpoint/endpoint_store.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/co_spawn.hpp>
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
      pump_(surroundings.host.timers(), [this] { pump(); }),
      longest_wait_(longest_wait(surroundings.settings)) {}

awaitable<void> Sender::begin() {
  const auto executor = co_await boost::asio::this_coro::executor;
  pump_.begin(executor);
  news_ = with_.host.live().make_waiter(executor, [this] { pump(); });
  look_around_at_ = with_.host.clock().now();
  pump();
}

void Sender::has_work(const std::vector<EndpointId>& endpoints) noexcept {
  try {
    for (const EndpointId id : endpoints)
      hints_.add(id, false);
    pump_.post();
  } catch (const std::exception& e) {
    logger().warn("a hint of webhooks to be sent is lost error=\"{}\"", e.what());
  }
}

void Sender::has_changed(EndpointId endpoint) noexcept {
  try {
    hints_.add(endpoint, true);
    pump_.post();
  } catch (const std::exception& e) {
    logger().warn("a hint of a changed webhook is lost error=\"{}\"", e.what());
  }
}

void Sender::set_paused(bool paused) noexcept {
  if (is_paused_.exchange(paused) == paused) return;
  try {
    pump_.post();
  } catch (const std::exception& e) {
    logger().warn("webhooks notice late that they are resumed error=\"{}\"", e.what());
  }
}

void Sender::pump() noexcept {
  const core::Timestamp now = with_.host.clock().now();
  try {
    notice_clock(now);
    read_on();
    if (!is_paused_ && std::exchange(was_paused_, false)) {
      for (const Member* member : roster_.busy())
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
      journal_.add_position(id);
    journal_.go_on(pump_.executor());
    if (turns == turns_a_pump) pump_.post();
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
  if (roster_.advance(head)) pump_.post();
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
  pump_.has_run();
  Hints::Taken hints = hints_.take();
  try {
    for (; !hints.empty(); hints.erase(hints.begin())) {
      const auto [id, has_changed] = *hints.begin();
      roster_.refresh(id);
      if (has_changed) {
        scheduler_.forget_rest(id);
        is_cleanup_due_ = true;
      }
      scheduler_.ready(id);
    }
  } catch (...) {
    // The log must not be looked at before they are known.
    for (const auto& [id, has_changed] : hints)
      hints_.add(id, has_changed);
    throw;
  }
}

void Sender::look_around(core::Timestamp now) {
  if (stopping_) return;
  const bool is_time = look_around_at_ && *look_around_at_ <= now;
  if (!is_time && !is_cleanup_due_) return;
  const bool has_any =
      with_.host.read([](storage::Session session) { return EndpointStore(session).has_any(); });
  is_cleanup_due_ = false;
  if (is_time) look_around_at_.reset();
  if (!has_any) return;
  if (is_time) roster_.refresh_all();
  if (!look_around_at_) look_around_at_ = now + look_around_every;
  if (is_cleaning_up_) {
    clean_up_again_ = true;
    return;
  }
  is_cleaning_up_ = true;
  boost::asio::co_spawn(pump_.executor(), clean_up(), [this](std::exception_ptr) {
    is_cleaning_up_ = false;
    if (!std::exchange(clean_up_again_, false)) return;
    is_cleanup_due_ = true;
    pump_.post();
  });
}

awaitable<void> Sender::clean_up() {
  try {
    auto round = with_.cleanup.run();
    co_await std::move(round);
  } catch (const std::exception& e) {
    logger().warn("the clean-up of webhooks is put off error=\"{}\"", e.what());
  }
}

void Sender::check_bounds() {
  const auto bound = static_cast<std::int64_t>(with_.settings.waiting_max);
  const events::Seq position = roster_.position();
  if (position.value() - checked_at_.value() < std::max<std::int64_t>(bound / 64, 1)) return;
  checked_at_ = position;
  for (const Member* member : roster_.busy()) {
    const std::size_t waiting = roster_.waiting(*member);
    if (waiting > with_.settings.waiting_max) journal_.add_overfull(member->endpoint.id, waiting);
  }
}

void Sender::note_settled() {
  metrics_.endpoints = roster_.size();
  metrics_.waiting = roster_.waiting();
  settled_ = roster_.settled().value();
  is_held_ =
      std::ranges::any_of(roster_.busy(), [](const Member* member) { return !member->follows; });
}

void Sender::prepare(Batch& batch) {
  std::map<EndpointId, std::vector<events::Seq>> written;
  for (const Entry& entry : batch.entries) {
    if (entry.is_new) written[entry.endpoint].push_back(entry.seq);
  }
  for (auto& [id, position] : batch.positions) {
    const Member* const member = roster_.find(id);
    if (member != nullptr) position = roster_.settled(*member, written[id]);
  }
}

void Sender::written(Batch& batch) {
  for (Entry& entry : batch.entries) {
    if (entry.is_new || entry.waiting_change != 0) {
      roster_.settle(entry.endpoint, entry.is_new ? entry.seq : events::Seq{0},
                     entry.waiting_change);
    }
    Member* const member = roster_.find(entry.endpoint);
    if (member != nullptr) {
      member->endpoint.failures = entry.failures;
      if (entry.is_over) has_changed(entry.endpoint);
    }
    if (!entry.ended) {
      scheduler_.ready(entry.endpoint);
      continue;
    }
    --metrics_.under_way;
    const core::Timestamp end = entry.ended->attempt.started_at + entry.ended->attempt.duration;
    scheduler_.end(entry.ended->request_number, entry.failures, entry.ended->verdict.rests_until,
                   end);
    metrics_.count(*entry.ended);
  }
  for (const auto& [id, waiting] : batch.overfull)
    has_changed(id);
  note_settled();
  pump_.post();
}

void Sender::arm() {
  auto due = scheduler_.next_due();
  if (look_around_at_ && (!due || *look_around_at_ < *due)) due = look_around_at_;
  if (due) pump_.arm(*due);
}

}  // namespace orderflow::webhooks
