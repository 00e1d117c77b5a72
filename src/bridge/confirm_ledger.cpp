#include "bridge/confirm_ledger.hpp"

#include "core/invariant.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::bridge {
namespace {

constexpr unsigned copies_max = 32;

}  // namespace

void ConfirmLedger::add(events::EventPtr event) {
  entries_.push_back({.event = std::move(event)});
}

void ConfirmLedger::repeat(events::EventPtr event, Copy copy) {
  entries_.push_back({.event = std::move(event), .settled = ~bit(copy.index)});
  again_.insert(begin_ + entries_.size() - 1);
}

bool ConfirmLedger::waits_behind_deferred(Position position) {
  if (deferred_keys_.empty()) return false;
  Entry& entry = at(position);
  const auto deferred = deferred_keys_.find(entry.event->meta().key);
  if (deferred == deferred_keys_.end() || position <= deferred->second.first) return false;
  entry.state = State::deferred;
  deferred->second.behind.insert(position);
  return true;
}

std::optional<ConfirmLedger::Position> ConfirmLedger::next() {
  while (!again_.empty()) {
    const Position position = *again_.begin();
    if (!waits_behind_deferred(position)) return position;
    again_.erase(again_.begin());
  }
  for (; next_fresh_ < begin_ + entries_.size(); ++next_fresh_) {
    if (at(next_fresh_).state == State::waiting && !waits_behind_deferred(next_fresh_)) {
      return next_fresh_;
    }
  }
  return std::nullopt;
}

const events::Event& ConfirmLedger::event(Position position) const {
  return *entries_[position - begin_].event;
}

bool ConfirmLedger::wants(Position position, unsigned index) const {
  core::invariant(index < copies_max, "an event has more copies than the ledger counts");
  return (entries_[position - begin_].settled & bit(index)) == 0;
}

void ConfirmLedger::sent(Position position, Copy copy) {
  again_.erase(position);
  if (position == next_fresh_) ++next_fresh_;
  Entry& entry = at(position);
  entry.state = State::in_flight;
  ++entry.open;
  by_tag_.emplace_back(InFlight{position, copy});
  ++in_flight_;
}

void ConfirmLedger::needs_nothing(Position position) {
  again_.erase(position);
  if (position == next_fresh_) ++next_fresh_;
  settle(position);
}

void ConfirmLedger::start_again() {
  for (Entry& entry : entries_) {
    if (entry.state != State::confirmed) entry.state = State::waiting;
    entry.homeless = 0;
    entry.open = 0;
    entry.failed = false;
  }
  next_fresh_ = begin_;
  again_.clear();
  deferred_keys_.clear();
  by_tag_.clear();
  first_tag_ = 1;
  next_returned_ = 1;
  in_flight_ = 0;
}

std::size_t ConfirmLedger::resolve(std::uint64_t tag, bool multiple, bool taken) {
  const std::size_t before = in_flight_;
  if (!multiple) {
    resolve_tag(tag, taken);
  } else {
    // By AMQP 0-9-1, tag 0 means all there are.
    const std::uint64_t end = first_tag_ + by_tag_.size();
    const std::uint64_t last = tag == 0 ? end : tag;
    for (std::uint64_t each = first_tag_; each < end && each <= last; ++each)
      resolve_tag(each, taken);
  }
  while (!by_tag_.empty() && !by_tag_.front()) {
    by_tag_.pop_front();
    ++first_tag_;
  }
  return before - in_flight_;
}

void ConfirmLedger::resolve_tag(std::uint64_t tag, bool taken) {
  if (tag < first_tag_ || tag >= first_tag_ + by_tag_.size()) return;
  const std::optional<InFlight> sent = std::exchange(by_tag_[tag - first_tag_], std::nullopt);
  if (!sent) return;
  --in_flight_;
  Entry& entry = at(sent->position);
  const Mask copy = bit(sent->copy.index);
  if (taken && (entry.homeless & copy) == 0) {
    entry.settled |= copy;
    if (sent->copy.recipient != 0) taken_.push_back({entry.event, sent->copy});
  } else {
    entry.failed = true;
  }
  if (--entry.open > 0) return;
  entry.failed ? hold(sent->position) : settle(sent->position);
}

void ConfirmLedger::settle(Position position) {
  Entry& entry = at(position);
  entry.state = State::confirmed;
  ++confirmed_;
  if (deferred_keys_.empty()) return;
  const auto deferred = deferred_keys_.find(entry.event->meta().key);
  if (deferred == deferred_keys_.end() || deferred->second.first != position) return;
  for (const Position behind : deferred->second.behind) {
    at(behind).state = State::waiting;
    again_.insert(behind);
  }
  deferred_keys_.erase(deferred);
}

void ConfirmLedger::hold(Position position) {
  Entry& entry = at(position);
  entry.state = State::deferred;
  entry.homeless = 0;
  entry.failed = false;
  const auto [found, is_new] = deferred_keys_.try_emplace(
      entry.event->meta().key, DeferredKey{.first = position, .behind = {}});
  DeferredKey& deferred = found->second;
  if (is_new || deferred.first == position) return;
  const Position later = std::max(deferred.first, position);
  deferred.first = std::min(deferred.first, position);
  // One that is on its way again is not called back.
  if (at(later).state == State::in_flight) return;
  at(later).state = State::deferred;
  again_.erase(later);
  deferred.behind.insert(later);
}

bool ConfirmLedger::returned(const events::EventId& id, std::uint32_t recipient) {
  const std::size_t size = by_tag_.size();
  const std::size_t guess = next_returned_ > first_tag_ ? next_returned_ - first_tag_ : 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t index = (guess + i) % size;
    const auto& sent = by_tag_[index];
    if (!sent || sent->copy.recipient != recipient || event(sent->position).meta().id != id)
      continue;
    next_returned_ = first_tag_ + index + 1;
    if (recipient != 0) at(sent->position).homeless |= bit(sent->copy.index);
    return true;
  }
  return false;
}

void ConfirmLedger::doubt(std::uint32_t recipient) {
  for (const auto& sent : by_tag_) {
    if (sent && sent->copy.recipient == recipient)
      at(sent->position).homeless |= bit(sent->copy.index);
  }
}

void ConfirmLedger::retry_deferred() {
  for (const auto& [key, deferred] : deferred_keys_) {
    Entry& first = at(deferred.first);
    if (first.state != State::deferred) continue;
    first.state = State::waiting;
    again_.insert(deferred.first);
  }
}

std::optional<events::Seq> ConfirmLedger::take_prefix() {
  std::optional<events::Seq> upto = prefix_;
  while (!entries_.empty() && entries_.front().state == State::confirmed) {
    // What is repeated comes from before.
    upto = std::max(upto, std::optional(entries_.front().event->meta().seq));
    entries_.pop_front();
    ++begin_;
    --confirmed_;
  }
  next_fresh_ = std::max(next_fresh_, begin_);
  if (upto == prefix_) return std::nullopt;
  prefix_ = upto;
  return upto;
}

std::size_t ConfirmLedger::deferred() const noexcept {
  std::size_t count = 0;
  for (const auto& [key, deferred] : deferred_keys_)
    count += 1 + deferred.behind.size();
  return count;
}

}  // namespace orderflow::bridge
