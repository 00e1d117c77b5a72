#include "following/intake.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace orderflow::webhooks {
namespace {

using events::Seq;

bool has_key(const std::vector<Wanted>& some, std::string_view key) {
  return std::ranges::find(some, key, &Wanted::key) != some.end();
}

bool is_key_under_way(const Member& member, std::string_view key) {
  return std::ranges::any_of(member.under_way, [&](const auto& one) { return one.second == key; });
}

void give_back(Member& member, const std::vector<Wanted>& taken) {
  for (const Wanted& one : taken) {
    member.under_way.erase(one.seq);
    const auto behind = std::ranges::upper_bound(member.aside, one.seq, {}, &Wanted::seq);
    const bool is_there = behind != member.aside.begin() && std::prev(behind)->seq == one.seq;
    if (!is_there) member.aside.insert(behind, one);
  }
}

}  // namespace

bool Intake::has_row(const Member& member, Seq seq) const {
  if (seq > member.rows_to) return false;
  return member.under_way.contains(seq) || rows_.has(member.endpoint.id, seq);
}

Intake::Turn Intake::take(Member& member, Seq position, std::size_t room, bool is_down) {
  Pass pass{.member = member,
            .position = position,
            .room = room,
            .is_down = is_down && member.aside.size() < aside_max};
  try {
    take_aside(pass);
    const bool may_continue = take_from_log(pass);
    pass.turn.has_more = may_continue && member.taken < position;
  } catch (...) {
    give_back(member, pass.turn.to_send);
    give_back(member, pass.turn.to_park);
    throw;
  }
  return std::move(pass.turn);
}

void Intake::take_aside(Pass& pass) const {
  Member& member = pass.member;
  std::vector<Wanted> kept;
  for (const Wanted& one : member.aside) {
    if (pass.room == 0 || is_key_under_way(member, one.key) || has_key(kept, one.key)) {
      kept.push_back(one);
      continue;
    }
    const bool waits = rows_.is_waited_for(member.endpoint, one.key);
    if (waits && pass.is_down) {
      kept.push_back(one);
      continue;
    }
    member.under_way.emplace(one.seq, one.key);
    (waits ? pass.turn.to_park : pass.turn.to_send).push_back(one);
    if (!waits) --pass.room;
  }
  member.aside = std::move(kept);
}

bool Intake::take_from_log(Pass& pass) {
  Member& member = pass.member;
  const Seq position = pass.position;
  for (int pages = 0; pass.room > 0 && member.taken < position && pages < pages_a_turn; ++pages) {
    const LogPages::Page& page = pages_.behind(member.taken, position);
    auto next = std::ranges::upper_bound(page.headings, member.taken, {}, &LogPages::Heading::seq);
    for (; pass.room > 0 && next != page.headings.end() && next->seq <= position; ++next) {
      const bool is_wanted = member.endpoint.wanted.wants(pages_.kinds()[next->kind], next->seq) &&
                             !has_row(member, next->seq);
      // Where it is down the next call parks what is aside, which makes room.
      if (is_wanted && !take_one(pass, *next)) return pass.is_down;
      ++member.passed[next->kind];
      member.taken = next->seq;
    }
    const bool is_done = next == page.headings.end() || next->seq > position;
    if (is_done) member.taken = std::max(member.taken, std::min(page.upto, position));
  }
  return true;
}

bool Intake::take_one(Pass& pass, const LogPages::Heading& heading) const {
  Member& member = pass.member;
  Wanted one{.seq = heading.seq, .key = heading.key};
  const bool is_behind = is_key_under_way(member, one.key) || has_key(member.aside, one.key);
  const bool waits = !is_behind && rows_.is_waited_for(member.endpoint, one.key);
  if (is_behind || (waits && pass.is_down)) {
    if (member.aside.size() == aside_max) return false;
    member.aside.push_back(std::move(one));
    return true;
  }
  member.under_way.emplace(one.seq, one.key);
  (waits ? pass.turn.to_park : pass.turn.to_send).push_back(std::move(one));
  if (!waits) --pass.room;
  return true;
}

}  // namespace orderflow::webhooks
