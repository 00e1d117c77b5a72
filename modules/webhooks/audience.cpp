#include "audience.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::webhooks {

std::optional<Audience::Member> Audience::member_of(const Endpoint& endpoint,
                                                    std::size_t waiting) const {
  if (endpoint.state != EndpointState::enabled) return std::nullopt;
  Member member{.id = endpoint.id,
                .kinds = endpoint.kinds,
                .wanted_after = endpoint.wanted_after,
                .canceled_to = endpoint.canceled_to,
                .waiting = waiting};
  if (member.kinds.empty()) member.kinds.assign(kinds_.begin(), kinds_.end());
  return member;
}

const Audience::Member* Audience::find(EndpointId id) const {
  const auto found = members_.find(id);
  return found == members_.end() ? nullptr : &found->second;
}

void Audience::replace(EndpointId id, std::optional<Member> member) {
  if (const auto old = members_.find(id); old != members_.end()) {
    unlist(old->second);
    waiting_ -= old->second.waiting;
    members_.erase(old);
  }
  if (member) {
    waiting_ += member->waiting;
    list(members_.emplace(id, std::move(*member)).first->second);
  }
  size_ = members_.size();
}

void Audience::load(const Endpoint& endpoint, std::size_t waiting) {
  replace(endpoint.id, member_of(endpoint, waiting));
}

void Audience::put(events::Turn& turn, const Endpoint& endpoint, std::size_t waiting) {
  std::optional<Member> before;
  if (const Member* old = find(endpoint.id)) before = *old;
  turn.on_undo([this, id = endpoint.id, before = std::move(before)] { replace(id, before); });
  replace(endpoint.id, member_of(endpoint, waiting));
}

void Audience::put(events::Turn& turn, const Endpoint& endpoint) {
  const Member* old = find(endpoint.id);
  put(turn, endpoint, old == nullptr ? 0 : old->waiting);
}

void Audience::add_waiting(events::Turn& turn, EndpointId id, std::ptrdiff_t count) {
  turn.on_undo([this, id, count] { count_waiting(id, -count); });
  count_waiting(id, count);
}

void Audience::count_waiting(EndpointId id, std::ptrdiff_t count) {
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

}  // namespace orderflow::webhooks
