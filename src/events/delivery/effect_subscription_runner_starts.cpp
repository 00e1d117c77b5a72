// The start of an attempt: it is prepared in the transaction, and launched after its commit.
#include "events/delivery/effect_subscription_runner.hpp"
#include "events/delivery/turn_span.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace orderflow::events {

void EffectSubscriptionRunner::start_ready(storage::Connection& connection, const Gate& open) {
  bool together = true;
  while (!ready_.empty() && may_start(open)) {
    // Where it fails once each is by itself, or one that always throws would be tried with each.
    together = together && start_together(connection, open);
    if (together) continue;
    const auto entry = entries_.find(ready_.front());
    ready_.pop_front();
    const EffectRunPtr run = make_run(entry);
    if (!is_to_be_prepared(*run->event) || prepare(connection, entry, *run)) launch(entry, run);
  }
}

bool EffectSubscriptionRunner::start_together(storage::Connection& connection, const Gate& open) {
  const std::size_t room =
      std::min(subscription_.concurrency, open.in_flight_max) - in_flight_ - overdue_;
  const std::size_t count = std::min(room, ready_.size());
  // A trace shows each turn by itself.
  if (count < 2 || !subscription_.prepare || services_.turns.tracer != nullptr) return false;
  std::vector<EffectRunPtr> runs;
  std::vector<bool> wanted;
  const bool prepared = try_together(connection, [&] {
    for (std::size_t i = 0; i < count; ++i) {
      const EffectRunPtr& run = runs.emplace_back(make_run(entries_.find(ready_[i])));
      require_permitted(*run->event);
      in_turn_of(connection, *run->event, [&](Turn& turn) {
        wanted.push_back(subscription_.prepare(*run->event, run->context, turn));
      });
    }
  });
  if (!prepared) return false;
  ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const auto entry = entries_.find(runs[i]->event->meta().seq);
    if (wanted[i]) {
      launch(entry, std::move(runs[i]));
    } else {
      runs[i]->ended_at = services_.turns.clock.now();
      finish(connection, entry, *runs[i]);
    }
  }
  return true;
}

bool EffectSubscriptionRunner::is_to_be_prepared(const Event& event) const noexcept {
  return subscription_.prepare || event.is<ForbiddenEdit>();
}

EffectRunPtr EffectSubscriptionRunner::make_run(Entries::const_iterator entry) {
  const Entry& taken = entry->second;
  const EventMeta& meta = taken.event->meta();
  const core::Timestamp now = services_.turns.clock.now();
  const int attempt = taken.row ? taken.row->attempts.failed + 1 : 1;
  auto run = std::make_shared<EffectRun>(
      EffectRun{this, &subscription_, taken.event,
                EffectContext{meta.id.value().to_string() + ":" + name_, attempt,
                              services_.turns.clock.steady() + subscription_.deadline, &timers_},
                now});
  run->span =
      processing_span(services_.turns, telemetry::SpanKind::client, name_, *taken.event, attempt);
  return run;
}

void EffectSubscriptionRunner::launch(Entries::iterator entry, EffectRunPtr run) {
  entry->second.phase = Phase::running;
  entry->second.run = run;
  entry->second.expires_at = services_.turns.clock.steady() + subscription_.deadline;
  deadlines_.emplace(entry->second.expires_at, entry->first);
  launches_.push_back(std::move(run));
  ++in_flight_;
}

bool EffectSubscriptionRunner::prepare(storage::Connection& connection, Entries::iterator entry,
                                       EffectRun& run) {
  bool wanted = false;
  const auto body = [&](Turn& turn) {
    require_permitted(*run.event);
    wanted = !subscription_.prepare || subscription_.prepare(*run.event, run.context, turn);
  };
  const ActiveSpan active_span(services_.turns, run.span_or_null());
  const auto undone = in_turn(connection, *run.event, body);
  run.ended_at = services_.turns.clock.now();
  if (undone) {
    fail(connection, entry, run, undone->as_result("preparing the attempt failed"));
  } else if (!wanted) {
    finish(connection, entry, run);
  }
  if (undone || !wanted) end_span(run);
  return !undone && wanted;
}

}  // namespace orderflow::events
