#pragma once

#include "core/field_error.hpp"
#include "core/id_source.hpp"
#include "events/audit.hpp"
#include "events/bulk_replays.hpp"
#include "events/catalog.hpp"
#include "events/dead_letters.hpp"
#include "events/lanes.hpp"
#include "events/rebuilds.hpp"
#include "storage/row_recorder.hpp"

#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// Why an operation was not done.
struct Refusal {
  enum class Reason {
    no_such_subscription,
    no_such_letter,  ///< not dead, or not there: replayed, done or discarded already
    not_valid,       ///< the edited payload breaks the schema: see `errors`
    not_possible     ///< the subscription cannot do it, or not now
  };
  Reason reason;
  std::string detail;
  core::FieldErrors errors = {};
};

template <class T>
using Operated = boost::system::result<T, Refusal>;

/// What a replay would do.
struct Rehearsal {
  std::vector<storage::RowChange> rows;
  std::size_t rows_left_out;
  EventList events;
  std::string error;  ///< what the handler threw; empty: it would succeed
  bool is_effect;     ///< its peer was not asked: this is what follows where the peer agrees
};

/// What an operator can do to the event flow. Every call belongs to the writer thread, within a
/// write: what it changes is durable with it, and written down in the audit.
class Operations {
 public:
  /// All outlive it.
  struct Parts {
    Lanes& lanes;
    Rebuilds& rebuilds;
    BulkReplays& replays;
    const Catalog& catalog;
    const EventLog& log;
    TurnServices& turns;
    core::IdSource& ids;
  };
  explicit Operations(Parts parts) : parts_(parts) {}

  /// A paused subscription takes nothing and tries nothing; its events wait in the log. Pausing a
  /// paused one changes nothing.
  Operated<void> set_paused(storage::Connection& connection, const Actor& actor,
                            std::string_view subscription, bool paused);

  /// Begins to make a projection anew from the log.
  Operated<RebuildStatus> rebuild(storage::Connection& connection, const Actor& actor,
                                  std::string_view subscription);

  /// Lets a dead letter be tried again at once, with new attempts; with `payload` instead of its
  /// own, for this subscription, where it is given.
  Operated<void> replay(storage::Connection& connection, const Actor& actor, const LetterId& id,
                        const std::optional<nlohmann::json>& payload);

  /// Shows what a replay would do, and undoes it.
  Operated<Rehearsal> rehearse(storage::Connection& connection, const LetterId& id,
                               const std::optional<nlohmann::json>& payload);

  /// Begins to replay all letters that match and are dead now. `matched` is how many those are.
  Operated<BulkReplay> replay_all(storage::Connection& connection, const Actor& actor,
                                  const LetterFilter& filter, std::int64_t matched);

  /// Drops a dead letter for good; what is parked behind it goes on.
  Operated<void> discard(storage::Connection& connection, const Actor& actor, const LetterId& id,
                         const std::string& reason);

 private:
  struct Found {
    Lane* lane;
    DeadDelivery dead;
    EventPtr event;  ///< with the payload that it is to be tried with
  };
  Operated<Found> find(storage::Connection& connection, const LetterId& id,
                       const std::optional<nlohmann::json>& payload);
  Operated<EventPtr> edit(const Event& event, const nlohmann::json& payload) const;
  AuditEntry entry(const Actor& actor, std::string action, std::string_view subscription) const;

  Parts parts_;
};

}  // namespace orderflow::events
