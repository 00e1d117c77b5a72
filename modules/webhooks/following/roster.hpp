#pragma once

#include "delivery_store.hpp"
#include "endpoint/endpoint.hpp"
#include "following/followers.hpp"
#include "following/intake.hpp"
#include "following/log_pages.hpp"
#include "following/member.hpp"
#include "following/stored_rows.hpp"
#include "host/host.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::webhooks {

/// The enabled endpoints with their positions in the log, in memory: who is to be sent what next.
/// All of the log is looked at once, at the roster's position. Endpoints that have come so far
/// follow it at no cost until an event comes that they want; the others continue from their own
/// positions, page by page, as they may be sent something. For each a constant of memory is held.
///
/// Only positions up to `head` are looked at for which whoever calls knows all changes of endpoints
/// that were committed with them. Belongs to one thread.
class Roster {
 public:
  /// Pages that one call looks at.
  static constexpr int pages_a_turn = Intake::pages_a_turn;

  /// Told whom there may be something for.
  using Ready = std::function<void(EndpointId)>;

  Roster(const host::Host& host, const std::set<std::string, std::less<>>& kinds, Ready ready);

  /// All endpoints up to `head`, from the position that all had settled before. Each that is
  /// enabled is ready where something may wait for it.
  void load(events::Seq settled, events::Seq head);
  bool is_loaded() const noexcept { return is_loaded_; }

  /// Reads an endpoint again, which may have come or gone, or whose rows have changed.
  void refresh(EndpointId id);
  /// The same for all, as a look around does; those with something to be sent are ready.
  void refresh_all();

  /// Looks at the log up to `head`, a bounded part. True where more is left.
  bool advance(events::Seq head);

  /// Null where it is not enabled.
  Member* find(EndpointId id);

  /// What a member is sent next: see `Intake::take`. What it takes is under way until `settle`.
  Intake::Turn take(Member& member, std::size_t room, bool is_down);
  /// These events of an endpoint have a row now.
  void settle(EndpointId id, events::Seq seq, int waiting_change);

  /// It is to be sent again.
  void put_back(EndpointId id, events::Seq seq);

  /// All up to here has a row or is not wanted, of one endpoint or of all; `except` are about to
  /// have their rows.
  events::Seq settled(const Member& member, const std::vector<events::Seq>& except = {}) const;
  events::Seq settled() const;

  /// Deliveries that wait for an endpoint, with a row or in the log behind its position.
  std::size_t waiting(const Member& member) const;
  /// Of all, to look at: where many are busy, as of some time ago.
  std::size_t waiting();
  /// Those that are not up to date, for which something may wait.
  const std::set<Member*>& busy() const noexcept { return busy_; }

  /// Endpoints whose rows tell of stretches that they have passed: their positions are to be
  /// written.
  std::set<EndpointId> take_passed() { return std::exchange(passed_, {}); }

  events::Seq position() const noexcept { return followers_.position(); }
  std::size_t size() const noexcept { return active_; }
  LogPages& pages() noexcept { return pages_; }

 private:
  void put(Endpoint endpoint, events::Seq position, std::size_t rows_waiting, events::Seq rows_to);
  void deactivate(Member& member);
  void update(Member& member, Endpoint endpoint);
  /// Lets it follow, or be ready, or wait until the position is where it stands.
  void enlist(Member& member);
  void note_busy(Member& member);
  void count_rows(Member& member, std::size_t waiting);
  /// Gives each member its `passed`, and lets it follow or be ready.
  void enlist_loaded();
  std::vector<std::int64_t> passed_at(events::Seq position) const;

  const host::Host& host_;
  const Ready ready_;
  LogPages pages_;
  Followers followers_;
  const StoredRows rows_;
  Intake intake_;
  bool is_loaded_ = false;
  std::map<EndpointId, std::unique_ptr<Member>> members_;
  std::size_t active_ = 0;
  std::size_t rows_waiting_ = 0;  ///< of all
  std::size_t waiting_in_log_ = 0;
  events::Seq waiting_seen_at_;
  std::set<Member*> busy_;
  std::set<EndpointId> passed_;
  std::set<Member*> ahead_;  ///< their positions are at the position or behind it
};

}  // namespace orderflow::webhooks
