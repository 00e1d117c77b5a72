#include "sending/roster.hpp"

#include "endpoint/endpoint_store.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

namespace orderflow::webhooks {
namespace {

using events::Seq;

constexpr std::size_t not_listed = std::numeric_limits<std::size_t>::max();

bool has_key(const std::vector<Roster::Wanted>& some, std::string_view key) {
  return std::ranges::find(some, key, &Roster::Wanted::key) != some.end();
}

}  // namespace

Roster::Roster(const host::Host& host, const std::set<std::string, std::less<>>& kinds, Ready ready)
    : host_(host),
      ready_(std::move(ready)),
      pages_(host, kinds),
      totals_(kinds.size(), 0),
      followers_(kinds.size()) {}

// ---- who there is
// ---------------------------------------------------------------------------------

void Roster::load(Seq settled, Seq head) {
  position_ = head;
  members_.clear();
  active_ = rows_waiting_ = 0;
  for (auto& followers : followers_)
    followers.clear();
  busy_.clear();
  ahead_.clear();
  host_.read([&](storage::Session session) {
    DeliveryStore deliveries(session);
    for (Endpoint& endpoint : EndpointStore(session).enabled()) {
      const std::size_t waiting = deliveries.count_waiting(endpoint.id, endpoint.canceled_to);
      const Seq position = endpoint.position(settled);
      const Seq rows_to = deliveries.newest(endpoint.id);
      put(std::move(endpoint), position, waiting, rows_to);
    }
  });
  // From the newest position to the oldest: each stretch of the log is counted once.
  std::vector<Member*> by_place;
  for (const auto& [id, member] : members_)
    by_place.push_back(member.get());
  std::ranges::sort(by_place, std::ranges::greater{}, &Member::taken);
  std::vector<std::int64_t> passed = totals_;
  Seq counted_to = position_;
  for (Member* member : by_place) {
    if (member->taken < counted_to) {
      const auto counts = host_.read_log([&](storage::Session session) {
        return host_.log().count_by_kind(session, member->taken, counted_to);
      });
      for (const auto& [kind, count] : counts) {
        if (const auto number = pages_.number_of(kind)) passed[*number] -= count;
      }
      counted_to = member->taken;
    }
    member->passed = member->taken < position_ ? passed : passed_at(member->taken);
    enlist(*member);
    if (member->rows_waiting > 0) ready_(member->endpoint.id);
  }
  is_loaded_ = true;
}

void Roster::put(Endpoint endpoint, Seq position, std::size_t rows_waiting, Seq rows_to) {
  auto& member = members_[endpoint.id];
  if (!member) member = std::make_unique<Member>();
  member->endpoint = std::move(endpoint);
  member->row_has_stretches = !member->endpoint.wanted.earlier.empty();
  member->taken = position;
  member->passed = totals_;
  count_rows(*member, rows_waiting);
  member->rows_to = rows_to;
  if (!member->under_way.empty()) {
    member->rows_to = std::max(rows_to, member->under_way.rbegin()->first);
  }
  member->listed.assign(totals_.size(), not_listed);
  member->is_active = true;
  ++active_;
}

void Roster::refresh(EndpointId id) {
  struct Row {
    std::optional<Endpoint> endpoint{};
    std::size_t waiting = 0;
    Seq newest{};
  };
  Row row = host_.read([&](storage::Session session) {
    Row found{.endpoint = EndpointStore(session).find(id)};
    if (!found.endpoint || found.endpoint->state != EndpointState::enabled) return Row{};
    DeliveryStore deliveries(session);
    found.waiting = deliveries.count_waiting(id, found.endpoint->canceled_to);
    found.newest = deliveries.newest(id);
    return found;
  });
  Member* const member = find(id);
  if (!row.endpoint) {
    if (member != nullptr) deactivate(*member);
  } else if (member != nullptr) {
    count_rows(*member, row.waiting);
    update(*member, std::move(*row.endpoint));
  } else {
    const Seq position = row.endpoint->cursor;
    // What reads, and may throw, comes before what changes.
    std::vector<std::int64_t> passed = passed_at(position);
    put(std::move(*row.endpoint), position, row.waiting, row.newest);
    Member& added = *members_.at(id);
    added.passed = std::move(passed);
    enlist(added);
    if (added.rows_waiting > 0) ready_(id);
  }
}

void Roster::refresh_all() {
  const auto enabled = host_.read([](storage::Session session) {
    return EndpointStore(session).ids_in(EndpointState::enabled);
  });
  std::set<EndpointId> ids(enabled.begin(), enabled.end());
  for (const auto& [id, member] : members_)
    ids.insert(id);
  for (const EndpointId id : ids) {
    refresh(id);
    if (find(id) != nullptr) ready_(id);
  }
}

Roster::Member* Roster::find(EndpointId id) {
  const auto found = members_.find(id);
  return found == members_.end() || !found->second->is_active ? nullptr : found->second.get();
}

void Roster::deactivate(Member& member) {
  if (member.follows) unfollow(member);
  busy_.erase(&member);
  ahead_.erase(&member);
  member.is_active = false;
  member.aside.clear();
  count_rows(member, 0);
  --active_;
  if (member.under_way.empty()) members_.erase(member.endpoint.id);
}

void Roster::update(Member& member, Endpoint endpoint) {
  const Seq cursor = endpoint.cursor;
  const Seq before = settled(member);
  const Seq taken = member.follows ? position_ : member.taken;
  const bool jumps = cursor > before && cursor > taken;
  // What reads, and may throw, comes before what changes.
  std::vector<std::int64_t> passed;
  if (jumps) passed = passed_at(cursor);
  if (member.follows) unfollow(member);
  member.endpoint = std::move(endpoint);
  if (cursor > before) {
    // What it had not had up to there is canceled.
    std::erase_if(member.aside, [&](const Wanted& one) { return one.seq <= cursor; });
  }
  if (jumps) {
    member.taken = cursor;
    member.passed = std::move(passed);
  }
  member.row_has_stretches = !member.endpoint.wanted.earlier.empty();
  enlist(member);
}

std::vector<std::int64_t> Roster::passed_at(Seq position) const {
  std::vector<std::int64_t> passed = totals_;
  const bool is_behind = position < position_;
  const auto counts = host_.read_log([&](storage::Session session) {
    return host_.log().count_by_kind(session, std::min(position, position_),
                                     std::max(position, position_));
  });
  for (const auto& [kind, count] : counts) {
    if (const auto number = pages_.number_of(kind)) passed[*number] += is_behind ? -count : count;
  }
  return passed;
}

// ---- where they are
// -------------------------------------------------------------------------------

void Roster::enlist(Member& member) {
  ahead_.erase(&member);
  auto& wanted = member.endpoint.wanted;
  wanted.forget_to(settled(member));
  if (member.taken < position_) {
    ready_(member.endpoint.id);
  } else if (member.taken > position_ ||
             (!wanted.earlier.empty() && wanted.earlier.back().upto > position_)) {
    ahead_.insert(&member);
  } else {
    follow(member);
  }
  note_busy(member);
}

void Roster::follow(Member& member) {
  member.follows = true;
  for (std::size_t kind = 0; kind < followers_.size(); ++kind) {
    if (!contains(member.endpoint.wanted.kinds, pages_.kinds()[kind])) continue;
    member.listed[kind] = followers_[kind].size();
    followers_[kind].push_back(&member);
  }
}

void Roster::unfollow(Member& member) {
  for (std::size_t kind = 0; kind < followers_.size(); ++kind) {
    const std::size_t at = std::exchange(member.listed[kind], not_listed);
    if (at == not_listed) continue;
    Member* const last = followers_[kind].back();
    followers_[kind][at] = last;
    if (last != &member) last->listed[kind] = at;
    followers_[kind].pop_back();
  }
  member.follows = false;
  member.taken = position_;
  member.passed = totals_;
}

void Roster::note_busy(Member& member) {
  if (member.follows && member.under_way.empty() && member.aside.empty()) {
    busy_.erase(&member);
    if (std::exchange(member.row_has_stretches, false)) passed_.insert(member.endpoint.id);
  } else {
    busy_.insert(&member);
  }
}

bool Roster::advance(Seq head) {
  if (active_ == 0) {
    position_ = std::max(position_, head);
    return false;
  }
  for (int pages = 0; position_ < head && pages < pages_a_turn; ++pages) {
    const LogPages::Page& page = pages_.behind(position_, head);
    auto next = std::ranges::upper_bound(page.headings, position_, {}, &LogPages::Heading::seq);
    for (; next != page.headings.end() && next->seq <= head; ++next) {
      position_ = Seq{next->seq.value() - 1};
      auto& followers = followers_[next->kind];
      while (!followers.empty()) {
        Member& member = *followers.back();
        unfollow(member);
        note_busy(member);
        ready_(member.endpoint.id);
      }
      ++totals_[next->kind];
      position_ = next->seq;
    }
    position_ = std::max(position_, std::min(page.upto, head));
  }
  const std::set<Member*> ahead = ahead_;
  for (Member* member : ahead) {
    if (member->taken <= position_) enlist(*member);
  }
  return position_ < head;
}

// ---- what they are told
// ---------------------------------------------------------------------------

bool Roster::is_key_under_way(const Member& member, std::string_view key) const {
  return std::ranges::any_of(member.under_way, [&](const auto& one) { return one.second == key; });
}

bool Roster::waits_for_row(const Member& member, std::string_view key) const {
  // Not by `rows_waiting`: a row that has ended may have been counted out twice, by the database
  // when its endpoint was looked up and by its own end.
  return host_.read([&](storage::Session session) {
    return DeliveryStore(session).is_waited_for(member.endpoint.id, key,
                                                member.endpoint.canceled_to);
  });
}

bool Roster::has_row(const Member& member, Seq seq) const {
  if (seq > member.rows_to) return false;
  if (member.under_way.contains(seq)) return true;
  return host_.read([&](storage::Session session) {
    return DeliveryStore(session).has(member.endpoint.id, seq);
  });
}

Roster::Turn Roster::take(Member& member, std::size_t room, bool is_down) {
  Turn turn;
  if (member.follows) {
    if (member.aside.empty()) return turn;
    unfollow(member);
  }
  is_down = is_down && member.aside.size() < aside_max;
  bool may_go_on = false;
  try {
    take_aside(member, room, is_down, turn);
    may_go_on = take_from_log(member, room, is_down, turn);
  } catch (...) {
    give_back(member, turn);
    throw;
  }
  turn.has_more = may_go_on && member.taken < position_;
  if (member.taken >= position_ && !ahead_.contains(&member)) enlist(member);
  note_busy(member);
  return turn;
}

/// After a read that failed, nothing has been taken: what was comes again.
void Roster::give_back(Member& member, const Turn& turn) {
  for (const auto* taken : {&turn.to_send, &turn.to_park}) {
    for (const Wanted& one : *taken) {
      member.under_way.erase(one.seq);
      const auto behind = std::ranges::upper_bound(member.aside, one.seq, {}, &Wanted::seq);
      const bool is_there = behind != member.aside.begin() && std::prev(behind)->seq == one.seq;
      if (!is_there) member.aside.insert(behind, one);
    }
  }
  note_busy(member);
}

void Roster::take_aside(Member& member, std::size_t& room, bool is_down, Turn& turn) {
  std::vector<Wanted> kept;
  for (const Wanted& one : member.aside) {
    if (room == 0 || is_key_under_way(member, one.key) || has_key(kept, one.key)) {
      kept.push_back(one);
      continue;
    }
    const bool waits = waits_for_row(member, one.key);
    if (waits && is_down) {
      kept.push_back(one);
      continue;
    }
    member.under_way.emplace(one.seq, one.key);
    (waits ? turn.to_park : turn.to_send).push_back(one);
    if (!waits) --room;
  }
  member.aside = std::move(kept);
}

bool Roster::take_from_log(Member& member, std::size_t& room, bool is_down, Turn& turn) {
  for (int pages = 0; room > 0 && member.taken < position_ && pages < pages_a_turn; ++pages) {
    const LogPages::Page& page = pages_.behind(member.taken, position_);
    auto next = std::ranges::upper_bound(page.headings, member.taken, {}, &LogPages::Heading::seq);
    for (; room > 0 && next != page.headings.end() && next->seq <= position_; ++next) {
      const bool is_wanted = member.endpoint.wanted.wants(pages_.kinds()[next->kind], next->seq) &&
                             !has_row(member, next->seq);
      if (is_wanted) {
        Wanted one{.seq = next->seq, .key = next->key};
        const bool is_behind = is_key_under_way(member, one.key) || has_key(member.aside, one.key);
        const bool waits = !is_behind && waits_for_row(member, one.key);
        if (is_behind || (waits && is_down)) {
          // Where it is down the next call parks what is aside, which makes room.
          if (member.aside.size() == aside_max) return is_down;
          member.aside.push_back(std::move(one));
        } else {
          member.under_way.emplace(one.seq, one.key);
          (waits ? turn.to_park : turn.to_send).push_back(std::move(one));
          if (!waits) --room;
        }
      }
      ++member.passed[next->kind];
      member.taken = next->seq;
    }
    const bool is_done = next == page.headings.end() || next->seq > position_;
    if (is_done) member.taken = std::max(member.taken, std::min(page.upto, position_));
  }
  return true;
}

void Roster::settle(EndpointId id, Seq seq, int waiting_change) {
  const auto found = members_.find(id);
  if (found == members_.end()) return;
  Member& member = *found->second;
  member.under_way.erase(seq);
  if (!member.is_active) {
    if (member.under_way.empty()) members_.erase(found);
    return;
  }
  const auto waiting = static_cast<std::ptrdiff_t>(member.rows_waiting) + waiting_change;
  count_rows(member, static_cast<std::size_t>(std::max<std::ptrdiff_t>(waiting, 0)));
  if (!member.aside.empty()) ready_(id);
  note_busy(member);
}

void Roster::put_back(EndpointId id, Seq seq) {
  const auto found = members_.find(id);
  if (found == members_.end()) return;
  Member& member = *found->second;
  auto node = member.under_way.extract(seq);
  if (!node.empty() && member.is_active) {
    member.aside.insert(std::ranges::upper_bound(member.aside, seq, {}, &Wanted::seq),
                        Wanted{.seq = seq, .key = std::move(node.mapped())});
    if (member.follows) unfollow(member);
  }
  settle(id, seq, 0);
}

Seq Roster::settled(const Member& member, const std::vector<Seq>& except) const {
  Seq position = member.follows ? position_ : member.taken;
  const auto first = std::ranges::find_if(member.under_way, [&](const auto& one) {
    return std::ranges::find(except, one.first) == except.end();
  });
  if (first != member.under_way.end()) position = std::min(position, Seq{first->first.value() - 1});
  if (!member.aside.empty())
    position = std::min(position, Seq{member.aside.front().seq.value() - 1});
  return position;
}

void Roster::count_rows(Member& member, std::size_t waiting) {
  rows_waiting_ += waiting - member.rows_waiting;
  member.rows_waiting = waiting;
}

std::size_t Roster::waiting() {
  constexpr std::size_t few = 32;
  constexpr std::int64_t places_between = 1024;
  if (busy_.size() <= few || position_.value() - waiting_seen_at_.value() >= places_between) {
    waiting_seen_at_ = position_;
    waiting_in_log_ = 0;
    for (const Member* member : busy_)
      waiting_in_log_ += waiting(*member) - member->rows_waiting;
  }
  return rows_waiting_ + waiting_in_log_;
}

Seq Roster::settled() const {
  Seq position = position_;
  for (const Member* member : busy_)
    position = std::min(position, settled(*member));
  return position;
}

std::size_t Roster::waiting(const Member& member) const {
  std::size_t count = member.rows_waiting + member.aside.size();
  if (member.follows || member.taken >= position_) return count;
  for (std::size_t kind = 0; kind < totals_.size(); ++kind) {
    if (!contains(member.endpoint.wanted.kinds, pages_.kinds()[kind])) continue;
    count +=
        static_cast<std::size_t>(std::max<std::int64_t>(totals_[kind] - member.passed[kind], 0));
  }
  return count;
}

}  // namespace orderflow::webhooks
