#include "events/delivery/causal_tracker.hpp"

#include "core/invariant.hpp"
#include "events/delivery/subscription_runners.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace orderflow::events {
namespace {

std::string_view module_of(const EventMeta& meta) noexcept {
  const std::string_view origin = meta.origin;
  const std::size_t slash = origin.rfind('/');
  return slash == std::string_view::npos ? origin : origin.substr(slash + 1);
}

/// A module publishes something because of an event only where it has handled the event.
bool may_be_cause(std::string_view audience, const EventMeta& published) noexcept {
  return published.audience.empty() && (audience.empty() || audience == module_of(published));
}

}  // namespace

void CausalTracker::done(const SubscriptionRunner& runner, Seq seq) {
  if (!watched_.empty()) marks_.push_back({&runner, seq, false});
  if (!left_.empty()) std::erase(left_, std::pair{&runner, seq});
}

void CausalTracker::left_to_row(const SubscriptionRunner& runner, Seq seq) {
  if (observer_ == nullptr) return;
  if (!watched_.empty()) marks_.push_back({&runner, seq, true});
  // The chain may begin with this very commit.
  left_.emplace_back(&runner, seq);
}

void CausalTracker::begin_chains(const EventList& events) {
  if (new_chains_.empty()) return;
  std::unordered_map<std::string_view, EventList> by_key;
  for (const EventPtr& event : events)
    by_key[event->meta().key].push_back(event);
  for (NewChain& new_chain : std::exchange(new_chains_, {})) {
    if (new_chain.events.empty()) {
      observer_->chain_finished(new_chain.tracking_number);
      continue;
    }
    const EventPtr first = new_chain.events.front();
    // What it has caused in this very commit.
    const EventList& published = by_key[first->meta().key];
    new_chain.events.insert(new_chain.events.end(), published.begin(), published.end());
    begin_chain(new_chain, causal_chain_of(first, new_chain.events));
  }
}

void CausalTracker::begin_chain(const NewChain& new_chain, const EventList& events) {
  const TrackingNumber tracking_number = new_chain.tracking_number;
  const auto known = watched_.find(events.front()->meta().seq);
  if (known != watched_.end()) {
    known->second.chain->tracking_numbers.push_back(tracking_number);
    return;
  }
  const auto chain = chains_.insert(chains_.end(), CausalChain{{tracking_number}});
  for (const EventPtr& event : events)
    watch(chain, *event, new_chain.rows);
  settle(chain);
}

bool CausalTracker::was_left(const SubscriptionRunner& runner, Seq seq) const {
  return std::ranges::find(left_, std::pair{&runner, seq}) != left_.end();
}

void CausalTracker::watch(Chains::iterator chain, const Event& event,
                          const std::vector<WaitingRow>& rows) {
  const EventMeta& meta = event.meta();
  const auto [entry, is_new] =
      watched_.try_emplace(meta.seq, Watched{chain, meta.id.value(), meta.audience, {}, {}});
  if (!is_new) return;
  by_id_.emplace(meta.id.value(), meta.seq);
  const auto has_row = [&](const SubscriptionRunner& runner) {
    return was_left(runner, meta.seq) || std::ranges::any_of(rows, [&](const WaitingRow& row) {
             return row.seq == meta.seq && row.subscription == runner.name();
           });
  };
  Watched& watched = entry->second;
  for (const auto& runner : runners_) {
    if (!runner->wants(event)) continue;
    const bool waits = has_row(*runner);
    if (waits) watched.waiting.push_back(runner.get());
    if (waits || runner->is_open(meta.seq)) watched.open.push_back(runner.get());
  }
  chain->positions.push_back(meta.seq);
  chain->open += watched.open.size();
  chain->waiting += watched.waiting.size();
}

void CausalTracker::recheck(const SubscriptionRunner& runner) {
  for (const auto& [seq, watched] : watched_) {
    if (!runner.is_open(seq)) marks_.push_back({&runner, seq, false});
  }
}

void CausalTracker::committed(const EventList& events) {
  if (!watched_.empty()) {
    // First: a chain whose last event has just been published is not finished.
    adopt_children(events);
    for (const Mark& mark : marks_)
      mark.is_left ? wait(mark) : close(mark);
  }
  marks_.clear();
  begin_chains(events);
  left_.clear();
  end_overdue();
}

void CausalTracker::adopt_children(const EventList& events) {
  for (const EventPtr& event : events) {
    if (!event->meta().causation_id) continue;
    const auto [from, to] = by_id_.equal_range(event->meta().causation_id->value());
    for (auto cause = from; cause != to; ++cause) {
      const auto parent_at = watched_.find(cause->second);
      core::invariant(parent_at != watched_.end(), "an event of a causal chain is not watched");
      const Watched& parent = parent_at->second;
      if (!may_be_cause(parent.audience, event->meta())) continue;
      watch(parent.chain, *event, {});
      break;
    }
  }
}

void CausalTracker::close(const Mark& mark) {
  const auto found = watched_.find(mark.seq);
  if (found == watched_.end()) return;
  Watched& watched = found->second;
  if (std::erase(watched.open, mark.runner) == 0) return;
  const auto chain = watched.chain;
  core::invariant(chain->open > 0, "a causal chain is finished and has open events");
  --chain->open;
  chain->waiting -= std::erase(watched.waiting, mark.runner);
  settle(chain);
}

void CausalTracker::wait(const Mark& mark) {
  const auto found = watched_.find(mark.seq);
  if (found == watched_.end()) return;
  Watched& watched = found->second;
  const auto holds = [&](const auto& runners) {
    return std::ranges::find(runners, mark.runner) != runners.end();
  };
  if (!holds(watched.open) || holds(watched.waiting)) return;
  watched.waiting.push_back(mark.runner);
  ++watched.chain->waiting;
  settle(watched.chain);
}

void CausalTracker::settle(Chains::iterator chain) {
  if (chain->open == 0) {
    end(chain);
    return;
  }
  // Once held it stays so: what a retry does is no reason to hold it for longer.
  if (chain->open > chain->waiting || chain->held_since) return;
  chain->held_since = clock_.steady();
  held_.push_back(chain);
}

void CausalTracker::end_overdue() {
  const core::Duration now = clock_.steady();
  while (!held_.empty() &&
         (held_.size() > limits_.max || now - *held_.front()->held_since >= limits_.longest)) {
    end(held_.front());
  }
}

std::optional<core::Duration> CausalTracker::next_due() const {
  if (held_.empty()) return std::nullopt;
  return *held_.front()->held_since + limits_.longest;
}

void CausalTracker::end(Chains::iterator chain) {
  for (const Seq seq : chain->positions) {
    const auto watched = watched_.find(seq);
    core::invariant(watched != watched_.end(), "an event of a causal chain is not watched");
    const auto [from, to] = by_id_.equal_range(watched->second.id);
    const auto named =
        std::find_if(from, to, [&](const auto& entry) { return entry.second == seq; });
    core::invariant(named != to, "an event of a causal chain is not known by its id");
    by_id_.erase(named);
    watched_.erase(watched);
  }
  if (chain->held_since) held_.remove(chain);
  const std::vector<TrackingNumber> tracking_numbers = std::move(chain->tracking_numbers);
  chains_.erase(chain);
  for (const TrackingNumber tracking_number : tracking_numbers)
    observer_->chain_finished(tracking_number);
}

EventList causal_chain_of(const EventPtr& first, const EventList& of_key) {
  EventList chain{first};
  for (const EventPtr& event : of_key) {
    const EventMeta& meta = event->meta();
    if (!meta.causation_id || meta.seq <= first->meta().seq) continue;
    const bool follows = std::ranges::any_of(chain, [&](const EventPtr& earlier) {
      return earlier->meta().id == *meta.causation_id &&
             may_be_cause(earlier->meta().audience, meta);
    });
    if (follows) chain.push_back(event);
  }
  return chain;
}

}  // namespace orderflow::events
