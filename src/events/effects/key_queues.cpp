#include "events/effects/key_queues.hpp"

#include "core/invariant.hpp"

#include <utility>

namespace orderflow::events {

bool KeyQueues::append(const std::string& key, Seq seq) {
  KeyQueue& queue = queues_[key];
  queue.push_back(seq);
  return queue.size() == 1;
}

std::optional<Seq> KeyQueues::remove_first(const std::string& key, Seq seq) {
  const auto found = queues_.find(key);
  core::invariant(found != queues_.end(), "a finished event is in no key queue");
  KeyQueue& queue = found->second;
  core::invariant(queue.front() == seq, "an event has run that was not the first of its key");
  queue.pop_front();
  if (!queue.empty()) return queue.front();
  queues_.erase(found);
  return std::nullopt;
}

std::deque<Seq> KeyQueues::remove_all(const std::string& key, Seq seq) {
  auto removed = queues_.extract(key);
  core::invariant(!removed.empty(), "a failed event is in no key queue");
  KeyQueue queue = std::move(removed.mapped());
  core::invariant(queue.front() == seq, "an event has run that was not the first of its key");
  queue.pop_front();
  return queue;
}

}  // namespace orderflow::events
