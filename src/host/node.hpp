#pragma once

#include "core/clock.hpp"
#include "core/id_source.hpp"
#include "core/random.hpp"
#include "events/dispatcher.hpp"
#include "events/log/catalog.hpp"
#include "events/log/event_log.hpp"
#include "events/log/live_feed.hpp"
#include "events/log/log_incarnations.hpp"
#include "host/host.hpp"
#include "host/module.hpp"
#include "http/router.hpp"
#include "storage/connection.hpp"
#include "storage/data_folder.hpp"
#include "storage/migration.hpp"
#include "storage/readers.hpp"
#include "storage/writer.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace orderflow::host {

struct NodeOptions {
  std::filesystem::path data_folder{};
  storage::FolderRule data_rule{};  ///< what the folder may be
  std::string name{};               ///< empty: the one in the database, or a made one
  std::string version = "0.0.0";    ///< of the program, which the database keeps
  bool accept_modules = false;      ///< although the node hosted others when it last started
  storage::WriterOptions writer{};
  events::RetentionOptions retention{};
  std::int64_t backlog_max = 1'000'000;    ///< see events::DispatcherServices
  std::vector<std::string_view> owners{};  ///< of tables, besides the event core and the modules
  /// Set: receives the public events of the modules.
  std::optional<events::RelaySubscription> relay = {};
  std::vector<storage::Migration> migrations = storage::embedded_migrations();
};

/// What a node gets from outside, so that a test or simulation can decide it. All outlive the
/// node.
struct NodeSurroundings {
  const core::Clock& clock;
  events::Timers& timers;
  events::EffectLauncher& launcher;
  std::uint64_t seed;  ///< of identifiers and jitter
  std::function<void(const std::string& reason)> on_storage_failure = {};
  telemetry::Tracer* tracer = nullptr;  ///< null: nothing is traced
};

/// A node put together, without its threads: the database brought up to date, the event core with
/// the hosted modules' subscriptions at their cursors, the routing table filled. Its owner
/// either starts `writer()` or steps it.
class Node {
 public:
  /// `all` describe their events; `hosted` are installed. Modules outlive the node. Throws what
  /// `storage::DataFolder`, `storage::migrate` and the modules throw, and `std::runtime_error`
  /// where the folder is of a node that hosted other modules, and the options do not accept that.
  Node(NodeOptions options, NodeSurroundings surroundings, std::span<Module* const> all,
       std::span<Module* const> hosted);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// Begins the modules' background work, once: what was begun is not begun again.
  void launch_background();

  /// Writes where the node listens into the data folder, for commands that find it in use.
  void record_address(const std::string& url) { folder_.record_address(url); }

  const std::string& name() const noexcept { return name_; }
  const std::filesystem::path& database() const noexcept { return database_; }
  storage::Writer& writer() noexcept { return dispatcher_->writer(); }
  events::Dispatcher& dispatcher() noexcept { return *dispatcher_; }
  const events::Catalog& catalog() const noexcept { return catalog_; }
  Services& services() noexcept { return *services_; }
  const Services& services() const noexcept { return *services_; }
  http::Router& router() noexcept { return router_; }

 private:
  void open_database(const NodeOptions& options, std::span<Module* const> all,
                     std::span<Module* const> hosted, const core::Clock& clock);

  events::EffectLauncher& launcher_;
  std::unique_ptr<core::Random> random_;
  core::IdSource ids_;
  storage::DataFolder folder_;
  std::filesystem::path database_;
  std::unique_ptr<storage::Connection> connection_;
  std::string name_;
  events::Catalog catalog_;
  events::EventLog log_;
  std::optional<events::LogIncarnations> incarnations_;  ///< set once the database is open
  events::LiveFeed live_;
  storage::Readers readers_;
  http::Router router_;
  outbound::Destinations destinations_;
  std::vector<events::BackgroundTask> background_;
  std::vector<ExportMetrics> metrics_;
  std::unique_ptr<events::Dispatcher> dispatcher_;
  std::unique_ptr<Services> services_;
  std::vector<std::unique_ptr<Host>> hosts_;
};

}  // namespace orderflow::host
