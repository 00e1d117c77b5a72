#pragma once

#include "core/field_error.hpp"
#include "core/id_source.hpp"
#include "events/delivery/edit.hpp"
#include "events/delivery/subscription_runners.hpp"
#include "events/log/catalog.hpp"
#include "events/operations/audit_store.hpp"
#include "events/operations/bulk_replays.hpp"
#include "events/operations/dead_letters.hpp"
#include "events/operations/rebuilds.hpp"
#include "events/operations/unhosted_cursors.hpp"
#include "storage/row_recorder.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::events {

/// Why an operation was not done.
struct Refusal {
  enum class Reason {
    no_such_subscription,
    no_such_letter,  ///< not dead, or not there: replayed, done or discarded already
    not_valid,       ///< the payload breaks the schema or changes what may not be: see `errors`
    not_possible     ///< the subscription cannot do it, or not now
  };
  Reason reason;
  std::string detail;
  core::FieldErrors errors = {};
};

template <class T>
using Operated = boost::system::result<T, Refusal>;

/// What a replay would do.
struct DryRun {
  std::vector<storage::RowChange> rows;
  std::size_t rows_left_out;
  EventList events;
  std::string error;  ///< what the handler threw; empty: it would succeed
  bool is_effect;     ///< its peer was not asked: this is what follows where the peer agrees
};

class EditCase;

/// A payload that stands in for a dead event's own: its type allows it, and its subscription has
/// permitted it. Only `EditCase::review` makes one.
class Edit {
 public:
  const nlohmann::json& payload() const noexcept { return payload_; }
  const EditDecision::Acceptance& acceptance() const noexcept { return acceptance_; }

 private:
  friend class EditCase;
  Edit(nlohmann::json payload, EditDecision::Acceptance acceptance)
      : payload_(std::move(payload)), acceptance_(std::move(acceptance)) {}

  nlohmann::json payload_;
  EditDecision::Acceptance acceptance_;
};

/// An edited payload that an event's type allows, before its subscription has reviewed it.
class EditCase {
 public:
  EditCase(EventPtr edited, nlohmann::json payload, EditReview review)
      : edited_(std::move(edited)), payload_(std::move(payload)), review_(std::move(review)) {}

  /// Asks the subscription, which may call its peer, outside of any transaction. Throws what it
  /// throws. The case outlives the call.
  boost::asio::awaitable<Operated<Edit>> review() const;

 private:
  EventPtr edited_;
  nlohmann::json payload_;
  EditReview review_;  ///< empty: what the type allows is permitted
};

/// What an operator can do to the event flow. Every call belongs to the writer thread, within a
/// write: what it changes is durable with it, and written down in the audit.
class Operations {
 public:
  /// All outlive it.
  struct Parts {
    SubscriptionRunners& runners;
    Rebuilds& rebuilds;
    BulkReplays& replays;
    const Catalog& catalog;
    const EventLog& log;
    TurnServices& turns;
    core::IdSource& ids;
    const ModuleNames& absent_modules;  ///< of this program, and not hosted
  };
  explicit Operations(Parts parts) : parts_(parts) {}

  /// A paused subscription takes nothing and tries nothing; its events wait in the log. Pausing a
  /// paused one changes nothing.
  Operated<void> set_paused(storage::Connection& connection, const Actor& actor,
                            std::string_view subscription, bool paused);

  /// Lets go of a cursor that nobody here works; see `forget_cursor`. False: a bounded part is
  /// done, and the rest wants a further write.
  Operated<bool> forget(storage::Connection& connection, const Actor& actor,
                        std::string_view subscription);

  /// Begins to rebuild a projection from the log.
  Operated<RebuildStatus> rebuild(storage::Connection& connection, const Actor& actor,
                                  std::string_view subscription);

  /// Takes an edited payload for a dead letter in: it is valid under the schema, and equal to the
  /// logged event but for what the event's type marks as editable. Changes nothing.
  Operated<EditCase> take_edit(storage::Connection& connection, const DeadLetterId& id,
                               const nlohmann::json& payload);

  /// Lets a dead letter be tried again at once, with new attempts; with the payload of `edit`
  /// instead of its own, for this subscription, where it is given.
  Operated<void> replay(storage::Connection& connection, const Actor& actor, const DeadLetterId& id,
                        const std::optional<Edit>& edit);

  /// Shows what a replay would do, and undoes it.
  Operated<DryRun> dry_run(storage::Connection& connection, const DeadLetterId& id,
                           const std::optional<Edit>& edit);

  /// Begins to replay all letters that match and are dead now. `matched` is how many those are.
  Operated<BulkReplay> replay_all(storage::Connection& connection, const Actor& actor,
                                  const DeadLetterFilter& filter, std::int64_t matched);

  /// Discards a dead letter permanently; what is parked behind it continues.
  Operated<void> discard(storage::Connection& connection, const Actor& actor,
                         const DeadLetterId& id, const std::string& reason);

 private:
  struct Found {
    SubscriptionRunner* runner;
    DeadDelivery dead;
    EventPtr event;  ///< with the payload that it is to be tried with
  };
  /// The event has the given payload, else the one of an edit before, else its own.
  Operated<Found> find(storage::Connection& connection, const DeadLetterId& id,
                       const nlohmann::json* payload = nullptr);
  Operated<EventPtr> edit(const Event& logged, const nlohmann::json& payload) const;
  AuditEntry entry(const Actor& actor, std::string action, std::string_view subscription) const;

  Parts parts_;
};

}  // namespace orderflow::events
