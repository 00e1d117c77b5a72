#pragma once

#include "core/clock.hpp"
#include "events/commit.hpp"
#include "events/delivery/causal_tracker.hpp"
#include "events/log/event.hpp"
#include "events/operations/retention.hpp"
#include "events/operations/unhosted_cursors.hpp"
#include "storage/writer.hpp"
#include "telemetry/histogram.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::core {
class IdSource;
class Random;
}  // namespace orderflow::core

namespace orderflow::telemetry {
class Tracer;
}  // namespace orderflow::telemetry

namespace orderflow::events {

class Catalog;
class EffectLauncher;
class EventCore;
class Operations;
class Redrives;
class Timers;
struct EffectSubscription;
struct FlowStatus;
struct FollowerSubscription;
struct ReceivedEvent;
struct RelaySubscription;
struct TransactionalSubscription;
struct TurnServices;

/// What the dispatcher works with. All of it outlives the dispatcher.
struct DispatcherServices {
  const core::Clock& clock;
  core::IdSource& ids;   ///< used on the writer thread alone
  core::Random& random;  ///< likewise: the jitter of retries
  const Catalog& catalog;
  Timers& timers;
  EffectLauncher& launcher;
  storage::Connection& connection;  ///< the one that writes
  std::string node;                 ///< the origin of this node's events
  RetentionOptions retention = {};
  /// Events that may wait for this node's own work before new writes are taken more slowly, and
  /// none but a trickle at all. Ten times as many may wait for effects whose peers are slow.
  std::int64_t backlog_max = 1'000'000;
  ModuleNames modules = {};  ///< all of this program, hosted or not
  storage::WriterOptions writer = {};
  /// Called on the writer thread, at most once, with the reason.
  std::function<void(const std::string& reason)> on_storage_failure = {};
  telemetry::Tracer* tracer = nullptr;  ///< null: nothing is traced
};

/// Is given each commit's events on the writer thread, in log order. Must not block.
using CommitObserver = std::function<void(const EventList& events, Seq newest)>;

/// The event core of a node, as the rest of the program sees it: has the writer, takes part in each
/// of its batches, runs the subscriptions, and hands committed events to whoever waits. Whoever
/// owns it starts the writer or steps it.
///
/// Threads: subscriptions and observers are added before `load`, which a broken invariant ends the
/// process for; `relay_confirmed`, `stop_effects` and what reports the status are safe from any;
/// all else belongs to the writer thread.
class Dispatcher {
 public:
  explicit Dispatcher(DispatcherServices services);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  void subscribe(TransactionalSubscription subscription);
  void subscribe(EffectSubscription subscription);
  void subscribe(FollowerSubscription subscription);
  /// At most one.
  void subscribe(RelaySubscription subscription);
  void observe(CommitObserver observer);

  /// Reads the cursors and resumes what a stop left unfinished. Once, in a transaction, before the
  /// writer starts.
  void load(storage::Connection& connection);

  /// What the relay handed over is confirmed, all up to here.
  void relay_confirmed(Seq upto);

  /// Writes an event from another node to the log; see received_event.hpp. Within a write.
  void receive(storage::Connection& connection, const ReceivedEvent& event);
  /// What this node sends again, and answers again; within a write.
  Redrives& redrives() noexcept;
  /// Who is notified when the causal chain of a received event is done here, and how long it may be
  /// held open by rows that wait. Set before the first is received.
  void observe_chains(std::shared_ptr<CausalTracker::Observer> observer, HeldChains held = {});

  /// No further attempt starts; the future is ready when none is in flight.
  std::future<void> stop_effects();

  FlowStatus status() const;
  /// The cursors that nobody here works. On a session of `event_owner`, of any thread.
  std::vector<UnhostedCursor> unhosted(storage::Session session) const;
  /// How fast a subscription has handled over the last minute, a second.
  double rate(std::string_view subscription) const;
  /// The last committed position of the log.
  Seq newest() const;
  /// Events that were committed since the start, by kind, of every kind that there is.
  std::vector<std::pair<std::string, std::uint64_t>> events_by_kind() const;
  /// What the attempts of a subscription took, in microseconds.
  telemetry::Histogram::Snapshot attempt_micros(std::string_view subscription) const;

  /// What an operator can do; within a write.
  Operations& operations() noexcept;

  /// For turns that answer requests.
  TurnWriter turn_writer() noexcept;
  TurnServices& turn_services() noexcept;
  storage::Writer& writer() noexcept;

  /// How long the oldest event has waited that the relay has not been confirmed; zero: there is
  /// none. On a session of `event_owner`, of any thread.
  core::Duration relay_delay(storage::Session session) const;

  // What the writer asks of it, for who steps it: see storage::BatchParticipant.
  std::optional<core::Timestamp> next_due();
  void scan(storage::Connection& connection);
  std::size_t admit(std::size_t writes_max);

 private:
  std::unique_ptr<EventCore> core_;
};

}  // namespace orderflow::events
