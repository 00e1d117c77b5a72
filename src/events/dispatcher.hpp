#pragma once

#include "events/catalog.hpp"
#include "events/effect_lane.hpp"
#include "events/event_log.hpp"
#include "events/outbox.hpp"
#include "events/subscription.hpp"
#include "events/transactional_lane.hpp"
#include "storage/writer.hpp"

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace orderflow::events {

/// What the dispatcher works with. All of it outlives the dispatcher.
struct DispatcherServices {
  const core::Clock& clock;
  core::IdSource& ids;   ///< used on the writer thread alone
  core::Random& random;  ///< likewise: the jitter of retries
  const Catalog& catalog;
  Timers& timers;
  EffectLauncher& launcher;
  std::string node;  ///< the origin of this node's events
};

/// Told of each commit's events on the writer thread, in log order. Must not block.
using CommitObserver = std::function<void(const EventList& events, Seq newest)>;

/// The event core of a node: takes part in every batch of the writer, runs the subscriptions, and
/// hands committed events to whoever waits.
///
/// Threads: subscriptions and observers are added before `load`; `finished`, `stop_effects` and
/// `status` are safe from any; all else belongs to the writer thread.
class Dispatcher final : public storage::BatchParticipant {
 public:
  explicit Dispatcher(DispatcherServices services);
  ~Dispatcher() override;

  void subscribe(TransactionalSubscription subscription);
  void subscribe(EffectSubscription subscription);
  void observe(CommitObserver observer) { observers_.push_back(std::move(observer)); }

  /// Reads the cursors and resumes what a stop left unfinished. In a transaction, before the writer
  /// starts.
  void load(storage::Connection& connection);

  /// The writer that this dispatcher takes part in; must be set before effects run.
  void attach(storage::Writer& writer) noexcept { writer_ = &writer; }

  /// Takes back an attempt that has ended.
  void finished(EffectRunPtr run);

  /// No further attempt starts; the future is ready when none is in flight.
  std::future<void> stop_effects();

  /// How every subscription stands, as of the last commit.
  std::vector<LaneStatus> status() const;
  /// The last committed place in the log.
  Seq newest() const;

  /// For turns that answer requests; see commit.hpp.
  TurnServices& turn_services() noexcept { return turns_; }
  storage::Writer& writer() noexcept { return *writer_; }

  // storage::BatchParticipant
  bool has_work(core::Timestamp now) override;
  std::optional<core::Timestamp> next_due() override;
  void run(storage::Connection& connection) override;
  void before_commit(storage::Connection& connection) override;
  void committed() override;
  void scan(storage::Connection& connection) override;

 private:
  void take_requests();
  void publish_status();
  void report_stopped();

  DispatcherServices services_;
  EventLog log_;
  Outbox outbox_{Seq{0}};
  TurnServices turns_;
  storage::Writer* writer_ = nullptr;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<EffectLane*> effect_lanes_;
  std::vector<CommitObserver> observers_;
  bool stopping_ = false;

  mutable std::mutex mutex_;  // guards what other threads reach
  std::vector<EffectRunPtr> returned_;
  std::optional<std::promise<void>> stop_requested_;
  std::vector<LaneStatus> status_;
  Seq newest_;
};

}  // namespace orderflow::events
