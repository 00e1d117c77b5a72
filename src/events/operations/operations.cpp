#include "events/operations/operations.hpp"

#include "core/json_pointer.hpp"
#include "events/log/schema_check.hpp"
#include "storage/error.hpp"
#include "storage/transaction.hpp"
#include "telemetry/log.hpp"

#include <utility>

namespace orderflow::events {
namespace {

using Reason = Refusal::Reason;

constexpr std::size_t dry_run_rows_max = 1'000;

Refusal no_such_subscription(std::string_view name) {
  return {Reason::no_such_subscription, "There is no subscription " + std::string(name) + "."};
}

nlohmann::json as_json(const DeadLetterFilter& filter) {
  nlohmann::json document = nlohmann::json::object();
  const auto add = [&](const char* name, const std::optional<std::string>& value) {
    if (value) document[name] = *value;
  };
  add("subscription", filter.subscription);
  add("kind", filter.kind);
  add("key", filter.key);
  add("error", filter.error);
  return document;
}

std::string what_may_be_edited(const EventType& type) {
  std::string names;
  for (const std::string& member : type.editable)
    names += (names.empty() ? "" : ", ") + core::pointer_to("", member);
  return "Of a " + type.kind + ".v" + std::to_string(type.version) + " an operator may edit " +
         (names.empty() ? "nothing" : names + " alone") +
         ": all else must be as in the logged event.";
}

const nlohmann::json* payload_of(const std::optional<Edit>& edit) noexcept {
  return edit ? &edit->payload() : nullptr;
}

}  // namespace

AuditEntry Operations::entry(const Actor& actor, std::string action,
                             std::string_view subscription) const {
  AuditEntry entry;
  entry.at = parts_.turns.clock.now();
  entry.actor = actor;
  entry.action = std::move(action);
  entry.subscription = subscription;
  telemetry::log("events").info("operation action={} subscription={} actor={}", entry.action,
                                subscription.empty() ? "all" : subscription, actor.name);
  return entry;
}

Operated<void> Operations::set_paused(storage::Connection& connection, const Actor& actor,
                                      std::string_view subscription, bool paused) {
  SubscriptionRunner* runner = parts_.runners.find(subscription);
  if (runner == nullptr) return no_such_subscription(subscription);
  if (runner->record().paused == paused) return {};
  keep_audit(connection.session(event_owner),
             entry(actor, paused ? "pause" : "resume", subscription));
  runner->set_paused(connection, paused);
  parts_.rebuilds.set_paused(connection, subscription, paused);
  return {};
}

Operated<bool> Operations::forget(storage::Connection& connection, const Actor& actor,
                                  std::string_view subscription) {
  const auto forgetting =
      forget_cursor(connection, subscription, parts_.absent_modules, parts_.turns.clock.now());
  if (forgetting == Forgetting::under_way) return false;
  if (forgetting == Forgetting::done) {
    keep_audit(connection.session(event_owner), entry(actor, "forget", subscription));
    return true;
  }
  if (parts_.runners.find(subscription) == nullptr) return no_such_subscription(subscription);
  return Refusal{Reason::not_possible,
                 std::string(subscription) +
                     " is at work on this node: only what no node works any more is forgotten."};
}

Operated<RebuildStatus> Operations::rebuild(storage::Connection& connection, const Actor& actor,
                                            std::string_view subscription) {
  if (parts_.runners.find(subscription) == nullptr) return no_such_subscription(subscription);
  TransactionalRunner* runner = parts_.runners.find_transactional(subscription);
  const std::string name(subscription);
  if (runner == nullptr || !runner->subscription().projection) {
    return Refusal{Reason::not_possible, name + " is not a projection: it cannot be rebuilt."};
  }
  if (parts_.rebuilds.find(subscription) != nullptr) {
    return Refusal{Reason::not_possible, "A rebuild of " + name + " is running already."};
  }
  if (EventLog::removed_to(connection.session(event_owner)) > Seq{0}) {
    return Refusal{Reason::not_possible,
                   "Retention has removed events that " + name + " would have to be made from."};
  }
  keep_audit(connection.session(event_owner), entry(actor, "rebuild", subscription));
  return parts_.rebuilds.begin(connection, *runner, parts_.turns.outbox.committed());
}

Operated<EventPtr> Operations::edit(const Event& logged, const nlohmann::json& payload) const {
  const EventMeta& meta = logged.meta();
  const EventType* type = parts_.catalog.find(meta.kind, meta.version);
  if (type == nullptr) {
    return Refusal{Reason::not_possible, "This program does not know the event " + meta.kind +
                                             ".v" + std::to_string(meta.version) + "."};
  }
  Refusal not_valid{Reason::not_valid,
                    "The payload is not a valid " + meta.kind + ".v" +
                        std::to_string(meta.version) + ", see its schema.",
                    check_schema(type->schema, payload)};
  if (!not_valid.errors.empty()) return not_valid;
  EventPtr edited = parts_.log.with_payload(logged, payload.dump());
  if (edited->is<ForbiddenEdit>()) {
    return Refusal{Reason::not_valid, what_may_be_edited(*type),
                   edited->as<ForbiddenEdit>().changes};
  }
  return edited;
}

Operated<Operations::Found> Operations::find(storage::Connection& connection,
                                             const DeadLetterId& id,
                                             const nlohmann::json* payload) {
  SubscriptionRunner* runner = parts_.runners.find(id.subscription);
  if (runner == nullptr) return no_such_subscription(id.subscription);
  auto dead = runner->find_dead(connection, id.seq);
  if (!dead) {
    return Refusal{Reason::no_such_letter, "Event " + std::to_string(id.seq.value()) +
                                               " is not dead in " + id.subscription +
                                               ": it is being tried again, done or discarded."};
  }
  EventPtr event = runner->event_of(connection, id.seq, payload ? std::nullopt : dead->payload);
  if (!event) {
    return Refusal{Reason::not_possible, "The log does not hold the event any more."};
  }
  if (payload != nullptr) {
    auto edited = edit(*event, *payload);
    if (!edited) return edited.error();
    event = *edited;
  }
  return Found{runner, std::move(*dead), std::move(event)};
}

boost::asio::awaitable<Operated<Edit>> EditCase::review() const {
  if (!review_) co_return Edit(payload_, {});
  const EditDecision decision = co_await review_(*edited_);
  if (!decision.refused_because().empty()) {
    co_return Refusal{Reason::not_possible, decision.refused_because()};
  }
  co_return Edit(payload_, decision.acceptance());
}

Operated<EditCase> Operations::take_edit(storage::Connection& connection, const DeadLetterId& id,
                                         const nlohmann::json& payload) {
  const auto found = find(connection, id, &payload);
  if (!found) return found.error();
  return EditCase(found->event, payload, found->runner->review_edit());
}

Operated<void> Operations::replay(storage::Connection& connection, const Actor& actor,
                                  const DeadLetterId& id, const std::optional<Edit>& edit) {
  const auto found = find(connection, id, payload_of(edit));
  if (!found) return found.error();
  std::optional<std::string> edited;
  if (edit) {
    const Outbox::Mark mark = parts_.turns.outbox.mark();
    try {
      storage::Savepoint savepoint(connection);
      found->runner->accept(connection, *found->event, edit->acceptance());
      savepoint.keep();
    } catch (const EditRefused& e) {
      parts_.turns.outbox.roll_back_to(mark);
      return Refusal{Reason::not_possible, e.what()};
    }
    edited = found->event->payload();
  }
  AuditEntry audit = entry(actor, "replay", id.subscription);
  audit.seq = id.seq;
  audit.key = found->dead.key;
  if (edit) audit.detail = {{"payload", edit->payload()}};
  keep_audit(connection.session(event_owner), audit);
  found->runner->replay(connection, found->dead, edited);
  return {};
}

Operated<DryRun> Operations::dry_run(storage::Connection& connection, const DeadLetterId& id,
                                     const std::optional<Edit>& edit) {
  const auto found = find(connection, id, payload_of(edit));
  if (!found) return found.error();
  const bool is_effect = parts_.runners.find_transactional(id.subscription) == nullptr;
  DryRun result{{}, 0, {}, {}, is_effect};
  std::optional<Refusal> refusal;
  const Outbox::Mark mark = parts_.turns.outbox.mark();
  {
    const storage::Savepoint undone_at_the_end(connection);
    storage::RowRecorder recorder(connection, dry_run_rows_max);
    try {
      if (edit) found->runner->accept(connection, *found->event, edit->acceptance());
      found->runner->apply(connection, *found->event);
    } catch (const storage::StorageFailure&) {
      throw;
    } catch (const DryRunNotPossible& e) {
      refusal = Refusal{Reason::not_possible, e.what()};
    } catch (const EditRefused& e) {
      refusal = Refusal{Reason::not_possible, e.what()};
    } catch (const std::exception& e) {
      result.error = e.what();
    }
    result.rows = recorder.take();
    result.rows_left_out = recorder.left_out();
  }
  // The events have a list of their own.
  std::erase_if(result.rows, [](const auto& row) { return row.table == "event_log"; });
  const auto published = parts_.turns.outbox.since(mark);
  result.events.assign(published.begin(), published.end());
  parts_.turns.outbox.roll_back_to(mark);
  if (refusal) return *refusal;
  return result;
}

Operated<BulkReplay> Operations::replay_all(storage::Connection& connection, const Actor& actor,
                                            const DeadLetterFilter& filter, std::int64_t matched) {
  if (filter.subscription && parts_.runners.find(*filter.subscription) == nullptr) {
    return no_such_subscription(*filter.subscription);
  }
  if (parts_.replays.full()) {
    return Refusal{Reason::not_possible, std::to_string(BulkReplays::running_max) +
                                             " bulk replays are running: wait for one to end."};
  }
  BulkReplay run{.id = parts_.ids.next(),
                 .requested_at = parts_.turns.clock.now(),
                 .actor = actor.name,
                 .filter = filter,
                 .matched = matched};
  AuditEntry audit = entry(actor, "replay-all", filter.subscription.value_or(""));
  audit.detail = {{"filter", as_json(filter)}, {"id", run.id.to_string()}};
  keep_audit(connection.session(event_owner), audit);
  parts_.replays.begin(connection, run);
  return run;
}

Operated<void> Operations::discard(storage::Connection& connection, const Actor& actor,
                                   const DeadLetterId& id, const std::string& reason) {
  const auto found = find(connection, id);
  if (!found) return found.error();
  AuditEntry audit = entry(actor, "discard", id.subscription);
  audit.seq = id.seq;
  audit.key = found->dead.key;
  audit.reason = reason;
  keep_audit(connection.session(event_owner), audit);
  found->runner->discard(connection, found->dead, reason);
  return {};
}

}  // namespace orderflow::events
