#pragma once

#include "following/log_pages.hpp"
#include "following/member.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace orderflow::webhooks {

/// What has a row, as a member's intake asks. Each may throw, as any read of the database may.
class DeliveryRows {
 public:
  virtual ~DeliveryRows() = default;

  /// True where a delivery of the key, with a row, waits for the endpoint.
  virtual bool is_waited_for(const Endpoint& endpoint, std::string_view key) const = 0;
  /// True where the endpoint has a row of the event.
  virtual bool has(EndpointId endpoint, events::Seq seq) const = 0;
};

/// Decides what an endpoint is sent next: what it had set aside, then what it wants of the log
/// behind its position. An event never overtakes an earlier one of its key: while that one is under
/// way it is set aside, and while that one waits with a row it is to be parked behind it. Belongs
/// to one thread.
class Intake {
 public:
  /// Wanted events of an endpoint that may be set aside in memory behind an earlier one of their
  /// key that is under way, while others go on.
  static constexpr std::size_t aside_max = 64;
  /// Pages that one call looks at.
  static constexpr int pages_a_turn = 4;

  /// Both outlive it.
  Intake(LogPages& pages, const DeliveryRows& rows) : pages_(pages), rows_(rows) {}

  /// What an endpoint may be sent now.
  struct Turn {
    std::vector<Wanted> to_send{};
    std::vector<Wanted> to_park{};  ///< behind rows of their keys
    bool has_more = false;          ///< in the log, that may be taken when there is room
  };
  /// Takes up to `room` that may be sent, and what has to be parked before them, up to a position
  /// of the log. They are under way from then on. Of an endpoint that `is_down` what waits behind a
  /// row stays in memory as long as it may be set aside there: it has many such events and needs a
  /// row for none of them. A read that fails is thrown on, and nothing has been taken then: what
  /// was comes again with the next call.
  Turn take(Member& member, events::Seq position, std::size_t room, bool is_down);

 private:
  /// What a call has to go by, and what it has taken.
  struct Pass {
    Member& member;
    events::Seq position;
    std::size_t room;
    bool is_down;
    Turn turn{};
  };

  bool has_row(const Member& member, events::Seq seq) const;
  void take_aside(Pass& pass) const;
  /// False where it cannot continue before something that is under way has ended.
  bool take_from_log(Pass& pass);
  /// Sends, parks or sets aside one event; false where there is no room to set it aside.
  bool take_one(Pass& pass, const LogPages::Heading& heading) const;

  LogPages& pages_;
  const DeliveryRows& rows_;
};

}  // namespace orderflow::webhooks
