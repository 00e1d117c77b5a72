#include "faults/simulation/simulated_node.hpp"

#include "access/key_store.hpp"
#include "admin/dead_letter_routes.hpp"
#include "admin/replay_routes.hpp"
#include "admin/subscription_routes.hpp"
#include "billing/module_over_gateway.hpp"
#include "config/document.hpp"
#include "key_admin/key_routes.hpp"
#include "key_admin/key_uses.hpp"
#include "notifications/module_over_channel.hpp"
#include "orders/module.hpp"
#include "users/module.hpp"
#include "webhooks/module_over_carrier.hpp"

#include <sqlite3.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <utility>

namespace orderflow::simulation {
namespace {

std::string settings(const NodeSetup& setup) {
  const nlohmann::json attempts = {{"retry", {{"attemptsMax", setup.attempts_max}}}};
  const nlohmann::json gateway = {
      {"kind", "card"},
      {"card",
       {{"baseUrl", "https://gateway.example"}, {"defaultPaymentMethod", pay::by_default}}}};
  const nlohmann::json webhooks = {{"retryDelays", {"5s", "1m", "10m", "1h"}},
                                   {"disableAfterHours", 6}};
  const auto every = std::chrono::duration_cast<std::chrono::milliseconds>(setup.reconcile_every);
  // Few orders in a window, so that the order in which they are judged matters.
  const nlohmann::json document = {
      {"billing",
       {{"gateway", gateway},
        {"reconcile", {{"everyMs", every.count()}}},
        {"fraud", {{"maxOrders", 6}, {"windowSeconds", 60}}},
        {"capture", attempts},
        {"refund", attempts}}},
      {"notifications", attempts},
      {"webhooks", webhooks},
      {"orders", {{"wait", {{"maxWaiters", NodeSetup::waiters_max}}}}}};
  return document.dump();
}

std::vector<std::string> secrets(const NodeSetup& setup) {
  std::vector<std::string> environment{"ORDERFLOW_BILLING_GATEWAY_CARD_SECRET_KEY=sk_simulated"};
  if (setup.receives_gateway_events) {
    environment.push_back(std::string("ORDERFLOW_BILLING_GATEWAY_CARD_WEBHOOK_SECRET=") +
                          CardServer::webhook_secret);
  }
  return environment;
}

/// Runs a body as a write that nobody waits for.
class Errand final : public storage::Write {
 public:
  Errand(boost::asio::any_io_executor home, events::Dispatcher& dispatcher,
         std::function<void(storage::Connection&)> body)
      : Write(std::move(home)), dispatcher_(dispatcher), body_(std::move(body)) {}

  void run(storage::Connection& connection) override {
    mark_ = dispatcher_.turn_services().outbox.mark();
    body_(connection);
  }
  void undone() noexcept override { dispatcher_.turn_services().outbox.roll_back_to(mark_); }
  void complete(std::exception_ptr) override {}

 private:
  events::Dispatcher& dispatcher_;
  std::function<void(storage::Connection&)> body_;
  events::Outbox::Mark mark_{};
};

}  // namespace

SimulatedNode::SimulatedNode(Machine& machine, World& world, std::filesystem::path folder)
    : machine_(machine),
      world_(world),
      folder_(std::move(folder)),
      migrations_(storage::embedded_migrations()) {
  migrations_.push_back(Ledger::migration());
  modules_.push_back(orders::make_module());
  modules_.push_back(billing::make_module_over(world_.card));
  modules_.push_back(notifications::make_module_over(world_.post));
  modules_.push_back(webhooks::make_module_over(world_.receivers, &world_.chance));
  modules_.push_back(users::make_module());
  const auto file = folder_ / "settings.json";
  std::ofstream(file) << settings(world_.setup);
  config::Document document({.file = file, .environment = secrets(world_.setup)});
  for (const auto& module : modules_) {
    module->configure(document.section(module->name()));
    all_.push_back(module.get());
  }
  document.check();
  all_.push_back(&world_.ledger);
}

SimulatedNode::~SimulatedNode() {
  end();
}

void SimulatedNode::start(std::uint64_t seed, int autocheckpoint_pages, std::string_view without) {
  hosted_ = all_;
  std::erase_if(hosted_, [&](const host::Module* module) { return module->name() == without; });
  context_ = std::make_unique<boost::asio::io_context>(1);
  timers_ = std::make_unique<CountedTimers>(machine_.clock);
  executor_ = std::make_unique<events::EffectExecutor>(*context_, machine_.clock);
  world_.post.wait_with(*timers_);
  world_.card.wait_with(*timers_);
  world_.receivers.wait_with(*timers_);
  node_ = std::make_unique<host::Node>(
      host::NodeOptions{.data_folder = folder_ / "data",
                        .name = "simulated",
                        .accept_modules = true,
                        .retention = {.keep = world_.setup.keep},
                        .owners = {access::owner},
                        .migrations = migrations_},
      host::NodeSurroundings{
          .clock = machine_.clock, .timers = *timers_, .launcher = *executor_, .seed = seed},
      all_, hosted_);
  database_ = node_->database();
  admit_keys();
  node_->launch_background();
  admin_ = std::make_unique<admin::AdminApi>(node_->services());
  admin::add_subscription_routes(*admin_);
  admin::add_dead_letter_routes(*admin_);
  admin::add_replay_routes(*admin_);
  submit([this, autocheckpoint_pages](storage::Connection& connection) {
    connection_ = &connection;
    sqlite3_wal_autocheckpoint(connection.handle(), autocheckpoint_pages);
  });
}

/// As `serve` does it.
void SimulatedNode::admit_keys() {
  const auto keys = node_->services().readers.read(
      access::owner, [](storage::Session session) { return access::all_keys(session); });
  keys_ = std::make_unique<access::KeyRing>(machine_.clock, access::Exposure::loopback, keys);
  key_host_ = std::make_unique<host::Host>(access::owner, node_->services());
  key_admin::add_key_routes(*key_host_, *keys_);
  key_admin::keep_key_uses(*key_host_, *keys_);
}

void SimulatedNode::drain() noexcept {
  for (host::Module* module : hosted_)
    module->drain();
}

void SimulatedNode::end() noexcept {
  // What never came to be needs no stop.
  if (node_ != nullptr) {
    for (host::Module* module : hosted_)
      module->stop();
  }
  node_.reset();
  admin_.reset();
  connection_ = nullptr;
  timers_.reset();
  context_.reset();
  key_host_.reset();
  keys_.reset();
}

bool SimulatedNode::poll() {
  context_->restart();
  return context_->poll() > 0;
}

void SimulatedNode::checkpoint() {
  if (connection_ != nullptr) connection_->run("PRAGMA wal_checkpoint(TRUNCATE)");
}

void SimulatedNode::rescan() {
  if (connection_ != nullptr) node_->dispatcher().scan(*connection_);
}

std::optional<core::Timestamp> SimulatedNode::next_due() const {
  auto due = node_->dispatcher().next_due();
  const auto timer = timers_->next();
  if (timer && (!due || *timer < *due)) due = timer;
  return due;
}

SimulatedNode::Webhooks SimulatedNode::webhooks() const {
  return node_->services().readers.read("webhooks", [](storage::Session session) {
    auto rows = session.query(
        "SELECT (SELECT count(*) FROM webhooks_endpoint), count(*)"
        " FROM webhooks_delivery d"
        " JOIN webhooks_endpoint e ON e.id = d.endpoint_id"
        " WHERE e.state = 'enabled' AND d.seq > e.canceled_to AND d.state IN ('due', 'parked')");
    rows.next();
    return Webhooks{.endpoints = rows.get<std::size_t>(0), .waiting = rows.get<std::size_t>(1)};
  });
}

bool SimulatedNode::is_at_rest() const {
  // One at the gateway's books, one at the keys, and one at the endpoints, if there are any.
  constexpr std::size_t looks_max = 3;
  if (node_->dispatcher().next_due() || timers_->waiting() > looks_max ||
      world_.card.in_flight() > 0 || world_.receivers.in_flight() > 0) {
    return false;
  }
  const Webhooks sent = webhooks();
  return sent.waiting == 0 && has_told_all() &&
         timers_->waiting() <= looks_max - (sent.endpoints == 0 ? 1 : 0);
}

/// Nothing in the log waits for an endpoint.
bool SimulatedNode::has_told_all() const {
  const auto flow = node_->dispatcher().status();
  return std::ranges::all_of(flow.subscriptions, [&](const events::SubscriptionStatus& one) {
    return one.name != "webhooks.send" || one.finished_to == flow.newest;
  });
}

std::string SimulatedNode::what_is_left() const {
  const Webhooks sent = webhooks();
  return std::to_string(timers_->waiting()) + " timers, " +
         std::to_string(world_.card.in_flight() + world_.receivers.in_flight()) + " in flight, " +
         std::to_string(sent.waiting) + " webhooks for " + std::to_string(sent.endpoints) +
         " endpoints";
}

void SimulatedNode::submit(std::function<void(storage::Connection&)> body) {
  node_->writer().submit(
      std::make_unique<Errand>(context_->get_executor(), node_->dispatcher(), std::move(body)));
}

}  // namespace orderflow::simulation
