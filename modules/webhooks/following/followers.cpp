#include "following/followers.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace orderflow::webhooks {
namespace {

constexpr std::size_t not_listed = std::numeric_limits<std::size_t>::max();

}  // namespace

void Followers::restart(events::Seq position) {
  position_ = position;
  for (auto& followers : by_kind_)
    followers.clear();
}

void Followers::prepare(Member& member) const {
  member.listed.assign(by_kind_.size(), not_listed);
}

void Followers::add(Member& member) {
  member.follows = true;
  for (std::size_t kind = 0; kind < by_kind_.size(); ++kind) {
    if (!contains(member.endpoint.wanted.kinds, pages_.kinds()[kind])) continue;
    member.listed[kind] = by_kind_[kind].size();
    by_kind_[kind].push_back(&member);
  }
}

void Followers::remove(Member& member) {
  for (std::size_t kind = 0; kind < by_kind_.size(); ++kind) {
    const std::size_t at = std::exchange(member.listed[kind], not_listed);
    if (at == not_listed) continue;
    Member* const last = by_kind_[kind].back();
    by_kind_[kind][at] = last;
    if (last != &member) last->listed[kind] = at;
    by_kind_[kind].pop_back();
  }
  member.follows = false;
  member.taken = position_;
  member.passed = totals_;
}

void Followers::pass_to(events::Seq position) {
  position_ = std::max(position_, position);
}

}  // namespace orderflow::webhooks
