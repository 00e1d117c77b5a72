#include "webhooks/audience.hpp"

#include <algorithm>

namespace orderflow::notifications::webhooks {

void Audience::put(const Endpoint& endpoint, std::size_t waiting) {
  if (const auto old = members_.find(endpoint.id); old != members_.end()) {
    unlist(old->second);
    waiting_ -= old->second.waiting;
    members_.erase(old);
    size_ = members_.size();
  }
  if (endpoint.state != EndpointState::enabled) return;
  Member member{.id = endpoint.id,
                .kinds = endpoint.kinds,
                .wanted_after = endpoint.wanted_after,
                .canceled_to = endpoint.canceled_to,
                .waiting = waiting};
  if (member.kinds.empty()) member.kinds.assign(kinds_.begin(), kinds_.end());
  list(members_.emplace(endpoint.id, std::move(member)).first->second);
  size_ = members_.size();
  waiting_ += waiting;
}

void Audience::put(const Endpoint& endpoint) {
  const auto old = members_.find(endpoint.id);
  put(endpoint, old == members_.end() ? 0 : old->second.waiting);
}

void Audience::add_waiting(EndpointId id, std::ptrdiff_t count) {
  const auto member = members_.find(id);
  if (member == members_.end()) return;
  const auto waiting = static_cast<std::ptrdiff_t>(member->second.waiting) + count;
  waiting_ -= member->second.waiting;
  member->second.waiting = static_cast<std::size_t>(std::max<std::ptrdiff_t>(waiting, 0));
  waiting_ += member->second.waiting;
}

std::vector<const Audience::Member*> Audience::wanting(std::string_view kind,
                                                       events::Seq seq) const {
  std::vector<const Member*> found;
  const auto listed = by_kind_.find(kind);
  if (listed == by_kind_.end()) return found;
  for (const Member* member : listed->second) {
    if (seq > member->wanted_after) found.push_back(member);
  }
  std::ranges::sort(found, {}, &Member::id);
  return found;
}

void Audience::list(const Member& member) {
  for (const std::string& kind : member.kinds)
    by_kind_[kind].insert(&member);
}

void Audience::unlist(const Member& member) {
  for (const std::string& kind : member.kinds)
    by_kind_[kind].erase(&member);
}

}  // namespace orderflow::notifications::webhooks
