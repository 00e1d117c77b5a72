#pragma once

#include "access/key_ring.hpp"
#include "access/scope_catalog.hpp"
#include "admin/admin_api.hpp"
#include "events/delivery/timers.hpp"
#include "events/effect_executor.hpp"
#include "faults/simulation/disk/machine.hpp"
#include "faults/simulation/ledger.hpp"
#include "faults/simulation/peers/card_server.hpp"
#include "faults/simulation/peers/post_office.hpp"
#include "faults/simulation/peers/webhook_receivers.hpp"
#include "host/node.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::simulation {

/// How a node is set up, in all its lives.
struct NodeSetup {
  static constexpr std::ptrdiff_t waiters_max = 8;  ///< clients that wait for their orders

  int attempts_max = 12;   ///< of what fails again and again, until it is dead
  core::Duration keep{0};  ///< events; 0: permanently
  core::Duration reconcile_every{60'000'000};
  bool receives_gateway_events = true;  ///< whether the gateway's events are taken
};

/// What is around a node and survives it.
struct World {
  World(const Machine& machine, std::uint64_t seed, std::uint64_t trouble_percent,
        NodeSetup node_setup)
      : card(machine.clock, machine.true_clock, seed + 1, trouble_percent),
        post(machine.clock, seed + 2, trouble_percent),
        receivers(machine.clock, seed + 4, trouble_percent),
        chance(seed + 5),
        ledger(machine.clock, seed + 3, trouble_percent, node_setup.attempts_max),
        setup(node_setup) {}

  void heal() {
    card.heal();
    post.heal();
    receivers.heal();
    ledger.heal();
  }

  CardServer card;
  PostOffice post;
  WebhookReceivers receivers;
  core::SeededRandom chance;  ///< by which webhooks' retries are spread
  Ledger ledger;
  const NodeSetup setup;
};

/// Timers that are fired by hand, and counted. As those of a process they ring when their time is
/// over, whatever becomes of the clock on the wall meanwhile.
class CountedTimers final : public events::Timers {
 public:
  explicit CountedTimers(const core::Clock& clock) : clock_(clock) {}

  void at(core::Timestamp due, std::function<void()> callback) override {
    ++waiting_;
    timers_.at(core::Timestamp{clock_.steady() + (due - clock_.now())}, std::move(callback));
  }
  std::size_t fire() {
    const std::size_t fired = timers_.fire(core::Timestamp{clock_.steady()});
    waiting_ -= fired;
    return fired;
  }
  /// By the clock on the wall.
  std::optional<core::Timestamp> next() const {
    const auto next = timers_.next();
    if (!next) return std::nullopt;
    return clock_.now() + (next->time_since_epoch() - clock_.steady());
  }
  std::size_t waiting() const noexcept { return waiting_; }

 private:
  const core::Clock& clock_;
  events::ManualTimers timers_;
  std::size_t waiting_ = 0;
};

/// The whole node with all its modules, without threads: it does what it is asked, step by step.
class SimulatedNode {
 public:
  /// Everything outlives it. `folder` is a real one, for the lock; the database is the machine's.
  SimulatedNode(Machine& machine, World& world, std::filesystem::path folder);
  ~SimulatedNode();
  SimulatedNode(const SimulatedNode&) = delete;
  SimulatedNode& operator=(const SimulatedNode&) = delete;

  /// Throws what keeps the node from starting. `autocheckpoint_pages` is SQLite's; the module of
  /// the name `without`, if any, is not hosted in this life.
  void start(std::uint64_t seed, int autocheckpoint_pages, std::string_view without = {});
  /// The modules begin nothing new and hold nobody any more: it is about to end in good order.
  void drain() noexcept;
  /// Ends the process where it stands. On a machine that is alive: in good order.
  void end() noexcept;
  bool is_running() const noexcept { return node_ != nullptr; }
  /// Whether it hosts all modules in this life.
  bool is_whole() const noexcept { return hosted_.size() == all_.size(); }

  // Each returns whether there was something to do.
  bool step_writer() { return node_->writer().step(); }
  bool poll();
  bool fire_timers() { return timers_->fire() > 0; }

  /// What the writer does when it is idle. Throw what the storage throws.
  void checkpoint();
  void rescan();

  /// When something is due by itself, if ever.
  std::optional<core::Timestamp> next_due() const;
  /// Whether nothing is due but what recurs without end: the next look at the gateway's books, at
  /// which keys were used, and at the webhooks.
  bool is_at_rest() const;
  /// Why it is not, in words.
  std::string what_is_left() const;

  /// Runs a body on the writer's connection in the next batch, with a way back for its events.
  void submit(std::function<void(storage::Connection&)> body);

  host::Node& node() noexcept { return *node_; }
  boost::asio::io_context& context() noexcept { return *context_; }
  /// Who may use it.
  access::KeyRing& keys() noexcept { return *keys_; }
  const std::filesystem::path& database() const noexcept { return database_; }
  /// Those of the business.
  const std::vector<std::unique_ptr<host::Module>>& modules() const noexcept { return modules_; }

 private:
  void admit_keys();
  /// Endpoints of webhooks, and what waits to be sent to them.
  struct Webhooks {
    std::size_t endpoints;
    std::size_t waiting;
  };
  Webhooks webhooks() const;
  bool has_told_all() const;

  Machine& machine_;
  World& world_;
  const std::filesystem::path folder_;
  std::filesystem::path database_;
  std::vector<std::unique_ptr<host::Module>> modules_;
  std::vector<host::Module*> all_;
  std::vector<host::Module*> hosted_;  ///< in this life
  std::vector<storage::Migration> migrations_;
  storage::Connection* connection_ = nullptr;  // the writer's
  std::unique_ptr<boost::asio::io_context> context_;
  std::unique_ptr<CountedTimers> timers_;
  std::unique_ptr<events::EffectExecutor> executor_;
  std::unique_ptr<host::Node> node_;
  std::unique_ptr<admin::AdminApi> admin_;
  access::ScopeCatalog scopes_;
  std::unique_ptr<access::KeyRing> keys_;
  std::unique_ptr<host::Host> key_host_;
};

}  // namespace orderflow::simulation
