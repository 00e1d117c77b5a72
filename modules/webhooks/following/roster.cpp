#include "following/roster.hpp"

#include "endpoint/endpoint_store.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::webhooks {
namespace {

using events::Seq;

}  // namespace

Roster::Roster(const host::Host& host, const std::set<std::string, std::less<>>& kinds, Ready ready)
    : host_(host),
      ready_(std::move(ready)),
      pages_(host, kinds),
      followers_(pages_),
      rows_(host),
      intake_(pages_, rows_) {}

// ---- who there is
// ---------------------------------------------------------------------------------

void Roster::load(Seq settled, Seq head) {
  followers_.restart(head);
  members_.clear();
  active_ = rows_waiting_ = 0;
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
  enlist_loaded();
  is_loaded_ = true;
}

/// From the newest position to the oldest: each stretch of the log is counted once.
void Roster::enlist_loaded() {
  std::vector<Member*> by_position;
  for (const auto& [id, member] : members_)
    by_position.push_back(member.get());
  std::ranges::sort(by_position, std::ranges::greater{}, &Member::taken);
  std::vector<std::int64_t> passed = followers_.totals();
  Seq counted_to = position();
  for (Member* member : by_position) {
    if (member->taken < counted_to) {
      const auto counts = host_.read_log([&](storage::Session session) {
        return host_.log().count_by_kind(session, member->taken, counted_to);
      });
      for (const auto& [kind, count] : counts) {
        if (const auto number = pages_.number_of(kind)) passed[*number] -= count;
      }
      counted_to = member->taken;
    }
    member->passed = member->taken < position() ? passed : passed_at(member->taken);
    enlist(*member);
    if (member->rows_waiting > 0) ready_(member->endpoint.id);
  }
}

void Roster::put(Endpoint endpoint, Seq position, std::size_t rows_waiting, Seq rows_to) {
  auto& member = members_[endpoint.id];
  if (!member) member = std::make_unique<Member>();
  member->endpoint = std::move(endpoint);
  member->row_has_stretches = !member->endpoint.wanted.earlier.empty();
  member->taken = position;
  member->passed = followers_.totals();
  count_rows(*member, rows_waiting);
  member->rows_to = rows_to;
  if (!member->under_way.empty()) {
    member->rows_to = std::max(rows_to, member->under_way.rbegin()->first);
  }
  followers_.prepare(*member);
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

Member* Roster::find(EndpointId id) {
  const auto found = members_.find(id);
  return found == members_.end() || !found->second->is_active ? nullptr : found->second.get();
}

void Roster::deactivate(Member& member) {
  if (member.follows) followers_.remove(member);
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
  const Seq taken = member.follows ? position() : member.taken;
  const bool jumps = cursor > before && cursor > taken;
  // What reads, and may throw, comes before what changes.
  std::vector<std::int64_t> passed;
  if (jumps) passed = passed_at(cursor);
  if (member.follows) followers_.remove(member);
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

std::vector<std::int64_t> Roster::passed_at(Seq at) const {
  std::vector<std::int64_t> passed = followers_.totals();
  const bool is_behind = at < position();
  const auto counts = host_.read_log([&](storage::Session session) {
    return host_.log().count_by_kind(session, std::min(at, position()), std::max(at, position()));
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
  if (member.taken < position()) {
    ready_(member.endpoint.id);
  } else if (member.taken > position() ||
             (!wanted.earlier.empty() && wanted.earlier.back().upto > position())) {
    ahead_.insert(&member);
  } else {
    followers_.add(member);
  }
  note_busy(member);
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
    followers_.pass_to(head);
    return false;
  }
  const auto has_something = [this](Member& member) {
    note_busy(member);
    ready_(member.endpoint.id);
  };
  for (int pages = 0; position() < head && pages < pages_a_turn; ++pages) {
    const LogPages::Page& page = pages_.behind(position(), head);
    auto next = std::ranges::upper_bound(page.headings, position(), {}, &LogPages::Heading::seq);
    for (; next != page.headings.end() && next->seq <= head; ++next)
      followers_.pass(next->seq, next->kind, has_something);
    followers_.pass_to(std::min(page.upto, head));
  }
  const std::set<Member*> ahead = ahead_;
  for (Member* member : ahead) {
    if (member->taken <= position()) enlist(*member);
  }
  return position() < head;
}

// ---- what they are sent
// ---------------------------------------------------------------------------

Intake::Turn Roster::take(Member& member, std::size_t room, bool is_down) {
  if (member.follows) {
    if (member.aside.empty()) return {};
    followers_.remove(member);
  }
  Intake::Turn turn;
  try {
    turn = intake_.take(member, position(), room, is_down);
  } catch (...) {
    note_busy(member);
    throw;
  }
  if (member.taken >= position() && !ahead_.contains(&member)) enlist(member);
  note_busy(member);
  return turn;
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
    if (member.follows) followers_.remove(member);
  }
  settle(id, seq, 0);
}

Seq Roster::settled(const Member& member, const std::vector<Seq>& except) const {
  Seq position = member.follows ? followers_.position() : member.taken;
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
  constexpr std::int64_t positions_between = 1024;
  if (busy_.size() <= few || position().value() - waiting_seen_at_.value() >= positions_between) {
    waiting_seen_at_ = position();
    waiting_in_log_ = 0;
    for (const Member* member : busy_)
      waiting_in_log_ += waiting(*member) - member->rows_waiting;
  }
  return rows_waiting_ + waiting_in_log_;
}

Seq Roster::settled() const {
  Seq position = followers_.position();
  for (const Member* member : busy_)
    position = std::min(position, settled(*member));
  return position;
}

std::size_t Roster::waiting(const Member& member) const {
  std::size_t count = member.rows_waiting + member.aside.size();
  if (member.follows || member.taken >= position()) return count;
  const auto& totals = followers_.totals();
  for (std::size_t kind = 0; kind < totals.size(); ++kind) {
    if (!contains(member.endpoint.wanted.kinds, pages_.kinds()[kind])) continue;
    count +=
        static_cast<std::size_t>(std::max<std::int64_t>(totals[kind] - member.passed[kind], 0));
  }
  return count;
}

}  // namespace orderflow::webhooks
