#include "bridge/confirm_ledger.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::bridge {

void ConfirmLedger::add(events::EventPtr event) {
  entries_.push_back({.event = std::move(event)});
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

void ConfirmLedger::sent(Position position) {
  again_.erase(position);
  next_fresh_ = std::max(next_fresh_, position + 1);
  at(position).state = State::in_flight;
  by_tag_.emplace_back(position);
  ++in_flight_;
}

void ConfirmLedger::start_again() {
  for (Entry& entry : entries_) {
    if (entry.state != State::confirmed) entry.state = State::waiting;
    entry.is_unroutable = false;
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
  const std::optional<Position> position = std::exchange(by_tag_[tag - first_tag_], std::nullopt);
  if (!position) return;
  --in_flight_;
  if (taken && !at(*position).is_unroutable) {
    settle(*position);
  } else {
    hold(*position);
  }
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
  entry.is_unroutable = false;
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

std::optional<ConfirmLedger::Position> ConfirmLedger::returned(const events::EventId& id) {
  const std::size_t size = by_tag_.size();
  const std::size_t guess = next_returned_ > first_tag_ ? next_returned_ - first_tag_ : 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t index = (guess + i) % size;
    if (!by_tag_[index]) continue;
    const Position position = *by_tag_[index];
    if (event(position).meta().id != id) continue;
    next_returned_ = first_tag_ + index + 1;
    at(position).is_unroutable = false;
    return position;
  }
  return std::nullopt;
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
  std::optional<events::Seq> upto;
  while (!entries_.empty() && entries_.front().state == State::confirmed) {
    upto = entries_.front().event->meta().seq;
    entries_.pop_front();
    ++begin_;
    --confirmed_;
  }
  next_fresh_ = std::max(next_fresh_, begin_);
  return upto;
}

std::size_t ConfirmLedger::deferred() const noexcept {
  std::size_t count = 0;
  for (const auto& [key, deferred] : deferred_keys_)
    count += 1 + deferred.behind.size();
  return count;
}

}  // namespace orderflow::bridge
