#pragma once

#include "core/id_source.hpp"
#include "core/trace_context.hpp"
#include "events/log/event.hpp"
#include "events/log/outbox.hpp"
#include "events/log/payload.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow::telemetry {
class Tracer;
struct Span;
}  // namespace orderflow::telemetry

namespace orderflow::events {

class BatchSpans;

/// What all turns of a node share. Belongs to the writer thread.
struct TurnServices {
  const core::Clock& clock;
  core::IdSource& ids;
  Outbox& outbox;
  std::string node;
  telemetry::Tracer* tracer = nullptr;           ///< null: nothing is traced
  BatchSpans* batch = nullptr;                   ///< there where the tracer is
  const telemetry::Span* active_span = nullptr;  ///< of the running turn, where it is traced
};

/// A module's hand on the running transaction: reads and writes its tables, and publishes events.
/// What it does is committed with the batch, or undone with its savepoint. Lives on the writer
/// thread for one body, one handled event, or one completed effect.
class Turn {
 public:
  /// A turn that answers a request of `module`; the chain of events begins here.
  Turn(TurnServices& services, storage::Connection& connection, std::string_view module,
       const core::TraceContext& trace);

  /// A turn of `subscription` that handles `cause`; what it publishes is caused by it.
  Turn(TurnServices& services, storage::Connection& connection, std::string_view module,
       std::string_view subscription, const Event& cause, std::int64_t generation = 0);

  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  /// The module's own tables.
  storage::Session& db() noexcept { return session_; }

  core::Timestamp now() const noexcept { return services_.clock.now(); }

  /// The generation that a projection's rows belong to; 0 for all else.
  std::int64_t generation() const noexcept { return generation_; }

  /// The last position of the log as of this turn, uncommitted events among them.
  Seq newest() const noexcept { return services_.outbox.newest(); }

  /// For memory that turns read: it is changed at once, and `undo` changes it back where this turn
  /// is undone, by itself or with others. Later turns, also of this very commit, so see what the
  /// tables hold. On the writer thread. Quick, and does not throw.
  void on_undo(std::function<void()> undo) { services_.outbox.on_undo(std::move(undo)); }

  /// Calls back on the writer thread once this turn is on disk; never where it is undone. For
  /// notifying others: memory that turns read would be behind for the rest of the commit. Quick,
  /// and does not throw.
  void after_commit(std::function<void()> callback) {
    services_.outbox.after_commit(std::move(callback));
  }

  /// An identifier for a new row or aggregate. In a turn that handles an event it is deterministic:
  /// handling it again gives the same one.
  core::Uuid new_id();

  /// Appends an event about `key` to the log, in this transaction. `E` is as `Catalog::add` wants
  /// it.
  template <class E>
  EventId publish(std::string key, E event) {
    return append({}, std::move(key), std::move(event));
  }

  /// The same for what is published once about `subject` for a `purpose`, by whichever turn, on
  /// whichever node: the identifier follows from the two and the module alone, so that a second one
  /// is dropped here and wherever it is received.
  template <class E>
  EventId publish_once(const core::Uuid& subject, std::string_view purpose, std::string key,
                       E event) {
    return append(id_of(subject, purpose), std::move(key), std::move(event));
  }

 private:
  /// The node on which the chain of `key` began; later events of the key name the same one.
  std::string home_of(const std::string& key);
  EventId id_of(const core::Uuid& subject, std::string_view purpose) const;
  EventId next_event_id(std::string_view kind);
  template <class E>
  EventId append(std::optional<EventId> id, std::string key, E event) {
    EventMeta meta;
    meta.id = id ? *id : next_event_id(E::kind);
    meta.kind = E::kind;
    meta.version = E::version;
    meta.key = std::move(key);
    std::string payload = payload_of(event);
    EventBody body{std::make_shared<const E>(std::move(event)), type_tag<E>(), {}};
    return append(std::move(meta), std::move(payload), std::move(body));
  }
  EventId append(EventMeta meta, std::string payload, EventBody body);

  TurnServices& services_;
  storage::Session session_;
  std::string_view subscription_;
  const Event* cause_ = nullptr;
  const core::TraceContext* trace_ = nullptr;
  std::int64_t generation_ = 0;
  unsigned events_published_ = 0;
  unsigned ids_made_ = 0;
};

}  // namespace orderflow::events
