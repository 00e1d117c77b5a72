#include "host/node.hpp"

#include "storage/incarnations.hpp"
#include "storage/node_identity.hpp"
#include "storage/openings.hpp"
#include "storage/ownership.hpp"
#include "storage/program_versions.hpp"
#include "storage/transaction.hpp"
#include "telemetry/log.hpp"

#include <utility>

namespace orderflow::host {
namespace {

events::ModuleNames names_of(std::span<Module* const> modules) {
  events::ModuleNames names;
  for (const Module* module : modules)
    names.emplace(module->name());
  return names;
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
  open_database(options, hosted, surroundings.clock);
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

void Node::open_database(const NodeOptions& options, std::span<Module* const> hosted,
                         const core::Clock& clock) {
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
  storage::record_hosted(*connection_, std::span(owners).subspan(2));
}

}  // namespace orderflow::host
