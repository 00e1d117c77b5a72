#pragma once

#include "delivery_store.hpp"
#include "endpoint/endpoint.hpp"
#include "host/host.hpp"
#include "sending/log_pages.hpp"

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

/// The enabled endpoints with their positions in the log, in memory: who is to be told what next.
/// All of the log is looked at once, at the roster's position. Endpoints that have come so far
/// follow it at no cost until an event comes that they want; the others go on from their own
/// positions, page by page, as they may be sent something. For each a constant of memory is held.
///
/// Only positions up to `head` are looked at for which whoever calls knows all changes of endpoints
/// that were committed with them. Belongs to one thread.
class Roster {
 public:
  /// Wanted events of an endpoint that may be set aside in memory behind an earlier one of their
  /// key that is under way, while others go on.
  static constexpr std::size_t aside_max = 64;
  /// Pages that one call looks at.
  static constexpr int pages_a_turn = 4;

  struct Wanted {
    events::Seq seq;
    std::string key;
  };

  struct Member {
    Endpoint endpoint;
    bool is_active = false;
    bool follows = false;
    events::Seq
        taken{};  ///< it has been told all up to here, or it is below; where it does not follow
    std::map<events::Seq, std::string> under_way{};  ///< without a row: their keys
    std::vector<Wanted> aside{};                     ///< ascending
    events::Seq rows_to{};                           ///< up to here it may have rows
    std::size_t rows_waiting = 0;
    std::vector<std::int64_t> passed{};  ///< events by kind, where it does not follow
    std::vector<std::size_t> listed{};   ///< where it stands among the followers of each kind
    bool row_has_stretches = false;      ///< that it has passed, or will have
  };

  /// Told whom there may be something for.
  using Ready = std::function<void(EndpointId)>;

  Roster(const host::Host& host, const std::set<std::string, std::less<>>& kinds, Ready ready);

  /// All endpoints up to `head`, from the position that all had settled before. Each that is
  /// enabled is ready where something may wait for it.
  void load(events::Seq settled, events::Seq head);
  bool is_loaded() const noexcept { return is_loaded_; }

  /// Reads an endpoint anew, which may have come or gone, or whose rows have changed.
  void refresh(EndpointId id);
  /// The same for all, as a look around does; those with something to be sent are ready.
  void refresh_all();

  /// Looks at the log up to `head`, a bounded part. True where more is left.
  bool advance(events::Seq head);

  /// Null where it is not enabled.
  Member* find(EndpointId id);

  /// What an endpoint may be told now.
  struct Turn {
    std::vector<Wanted> to_send{};
    std::vector<Wanted> to_park{};  ///< behind rows of their keys
    bool has_more = false;          ///< in the log, that may be taken when there is room
  };
  /// Takes up to `room` that may be sent, and what has to be parked before them. They are under way
  /// until `settle`. Of an endpoint that `is_down` what waits behind a row stays in memory as long
  /// as it may be set aside there: it has many such events and needs a row for none of them.
  Turn take(Member& member, std::size_t room, bool is_down);
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

  events::Seq position() const noexcept { return position_; }
  std::size_t size() const noexcept { return active_; }
  LogPages& pages() noexcept { return pages_; }

 private:
  void put(Endpoint endpoint, events::Seq position, std::size_t rows_waiting, events::Seq rows_to);
  void deactivate(Member& member);
  void update(Member& member, Endpoint endpoint);
  /// Lets it follow, or be ready, or wait until the position is where it stands.
  void enlist(Member& member);
  void follow(Member& member);
  void unfollow(Member& member);
  void note_busy(Member& member);
  void count_rows(Member& member, std::size_t waiting);
  std::vector<std::int64_t> passed_at(events::Seq position) const;
  bool is_key_under_way(const Member& member, std::string_view key) const;
  bool waits_for_row(const Member& member, std::string_view key) const;
  bool has_row(const Member& member, events::Seq seq) const;
  /// After a read that failed nothing has been taken.
  void give_back(Member& member, const Turn& turn);
  void take_aside(Member& member, std::size_t& room, bool is_down, Turn& turn);
  /// False where it cannot go on before something that is under way has ended.
  bool take_from_log(Member& member, std::size_t& room, bool is_down, Turn& turn);

  const host::Host& host_;
  const Ready ready_;
  LogPages pages_;
  bool is_loaded_ = false;
  events::Seq position_;
  std::vector<std::int64_t> totals_;  ///< events at the position, by kind
  std::map<EndpointId, std::unique_ptr<Member>> members_;
  std::size_t active_ = 0;
  std::size_t rows_waiting_ = 0;  ///< of all
  std::size_t waiting_in_log_ = 0;
  events::Seq waiting_seen_at_;
  std::vector<std::vector<Member*>> followers_;  ///< by kind
  std::set<Member*> busy_;
  std::set<EndpointId> passed_;
  std::set<Member*> ahead_;  ///< their positions are at the position or behind it
};

}  // namespace orderflow::webhooks
