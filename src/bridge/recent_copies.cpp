#include "bridge/recent_copies.hpp"

#include <iterator>
#include <utility>

namespace orderflow::bridge {

void RecentCopies::add(ConfirmLedger::Taken copy) {
  by_recipient_[copy.copy.recipient].fresh.push_back(std::move(copy));
  ++unseen_;
}

void RecentCopies::seen(std::uint32_t recipient) {
  const auto found = by_recipient_.find(recipient);
  if (found == by_recipient_.end()) return;
  Queue& queue = found->second;
  unseen_ -= queue.fresh.size();
  seen_ += queue.fresh.size();
  queue.seen.push_back(std::exchange(queue.fresh, {}));
  while (!queue.seen.empty() && (queue.seen.size() > looks_kept || seen_ > copies_max))
    forget_oldest(queue);
  bool is_any = false;
  for (const Copies& copies : queue.seen)
    is_any = is_any || !copies.empty();
  if (!is_any) by_recipient_.erase(found);
}

void RecentCopies::forget_oldest(Queue& queue) {
  seen_ -= queue.seen.front().size();
  queue.seen.pop_front();
}

RecentCopies::Copies RecentCopies::take(std::uint32_t recipient) {
  Queue queue = std::exchange(by_recipient_[recipient], {});
  by_recipient_.erase(recipient);
  unseen_ -= queue.fresh.size();
  Copies all;
  for (Copies& copies : queue.seen) {
    seen_ -= copies.size();
    std::move(copies.begin(), copies.end(), std::back_inserter(all));
  }
  std::move(queue.fresh.begin(), queue.fresh.end(), std::back_inserter(all));
  return all;
}

std::vector<std::uint32_t> RecentCopies::recipients() const {
  std::vector<std::uint32_t> found;
  for (const auto& [recipient, queue] : by_recipient_)
    found.push_back(recipient);
  return found;
}

}  // namespace orderflow::bridge
