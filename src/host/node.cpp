#include "host/node.hpp"

#include "storage/incarnations.hpp"
#include "storage/node_identity.hpp"
#include "storage/openings.hpp"
#include "storage/ownership.hpp"
#include "storage/program_versions.hpp"
#include "storage/transaction.hpp"
#include "telemetry/log.hpp"

#include <stdexcept>
#include <utility>

namespace orderflow::host {
namespace {

events::ModuleNames names_of(std::span<Module* const> modules) {
  events::ModuleNames names;
  for (const Module* module : modules)
    names.emplace(module->name());
  return names;
}

/// What a module has not finished stays in a folder that is served without it, and answers to what
/// it asked find nobody: nothing that a slip in a settings file should bring about.
void require_accepted(storage::Connection& connection, const storage::NodeModules& now,
                      bool accept) {
  const std::string change = storage::change_of_modules(storage::last_modules(connection), now);
  if (change.empty()) return;
  if (!accept) {
    throw std::runtime_error(
        "the modules of the data folder have changed: it would be served " + change +
        ", other than the last time. What a module has not finished waits until it is hosted"
        " again, and what comes for it goes elsewhere. Name the same modules (node.modules), or"
        " start once with --accept-modules where the change is meant");
  }
  telemetry::log("storage").info("the modules of the node have changed change=\"{}\"", change);
}

}  // namespace

Node::Node(NodeOptions options, NodeSurroundings surroundings, std::span<Module* const> all,
           std::span<Module* const> hosted)
    : launcher_(surroundings.launcher),
      random_(std::make_unique<core::SeededRandom>(surroundings.seed)),
      ids_(surroundings.clock, std::make_unique<core::SeededRandom>(random_->next())),
      folder_(options.data_folder, options.data_rule),
      database_(folder_.database()),
      log_(catalog_),
      readers_(database_),
      destinations_(surroundings.clock) {
  open_database(options, all, hosted, surroundings.clock);
  for (const Module* module : all)
    module->describe(catalog_);

  dispatcher_ = std::make_unique<events::Dispatcher>(
      events::DispatcherServices{.clock = surroundings.clock,
                                 .ids = ids_,
                                 .random = *random_,
                                 .catalog = catalog_,
                                 .timers = surroundings.timers,
                                 .launcher = surroundings.launcher,
                                 .connection = *connection_,
                                 .node = name_,
                                 .retention = options.retention,
                                 .backlog_max = options.backlog_max,
                                 .modules = names_of(all),
                                 .writer = options.writer,
                                 .on_storage_failure = std::move(surroundings.on_storage_failure),
                                 .tracer = surroundings.tracer});
  dispatcher_->observe([this](const events::EventList& committed, events::Seq newest) {
    live_.publish(committed, newest);
  });
  services_ = std::make_unique<Services>(Services{.clock = surroundings.clock,
                                                  .timers = surroundings.timers,
                                                  .dispatcher = *dispatcher_,
                                                  .turn_writer = dispatcher_->turn_writer(),
                                                  .log = log_,
                                                  .incarnations = *incarnations_,
                                                  .live = live_,
                                                  .readers = readers_,
                                                  .router = router_,
                                                  .destinations = destinations_,
                                                  .background = background_,
                                                  .metrics = metrics_,
                                                  .tracer = surroundings.tracer,
                                                  .data_folder = folder_.path()});
  for (Module* module : hosted) {
    hosts_.push_back(std::make_unique<Host>(module->name(), *services_));
    module->install(*hosts_.back());
  }
  if (options.relay) dispatcher_->subscribe(*options.relay);
  storage::Transaction transaction(*connection_);
  dispatcher_->load(*connection_);
  transaction.commit();
  live_.start(dispatcher_->newest());
}

void Node::launch_background() {
  for (events::BackgroundTask& task : background_)
    launcher_.launch(std::move(task));
  background_.clear();
}

Node::~Node() {
  writer().stop();
}

void Node::open_database(const NodeOptions& options, std::span<Module* const> all,
                         std::span<Module* const> hosted, const core::Clock& clock) {
  storage::start_copy(database_, *random_, [this](storage::Connection& copy) {
    return log_.newest(copy.session(events::event_owner)).value();
  });
  connection_ =
      std::make_unique<storage::Connection>(database_, storage::Connection::Mode::read_write);
  const auto& known = options.migrations;
  std::vector<std::string_view> owners{storage::Ownership::storage_layer, events::event_owner};
  owners.insert(owners.end(), options.owners.begin(), options.owners.end());
  for (const Module* module : hosted)
    owners.push_back(module->name());
  const storage::NodeModules modules{.hosted = {owners.begin() + 2, owners.end()},
                                     .known = names_of(all)};
  require_accepted(*connection_, modules, options.accept_modules);
  storage::migrate(*connection_, storage::migrations_of(owners, known), known, clock.now());
  storage::mark_opening(*connection_, database_, *random_);
  const auto before = storage::record_program(*connection_, options.version);
  if (!before.opened_by.empty() && before.opened_by != options.version) {
    telemetry::log("storage").info(
        "the database was last opened by another version before=\"{}\" now=\"{}\"",
        before.opened_by, options.version);
  }
  name_ = storage::node_name(*connection_, options.name, *random_);
  incarnations_.emplace(storage::incarnations(*connection_, *random_));
  storage::record_modules(*connection_, modules);
}

}  // namespace orderflow::host
