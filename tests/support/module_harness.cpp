#include "support/module_harness.hpp"

#include "config/document.hpp"
#include "http/target.hpp"

#include <boost/asio/co_spawn.hpp>

#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;

const core::TraceContext trace{"test-correlation",
                               "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"};

std::filesystem::path make_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "orderflow-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
  return pattern;
}

void configure(const std::vector<std::unique_ptr<host::Module>>& modules,
               const std::filesystem::path& folder, const std::string& settings) {
  const auto file = folder / "settings.json";
  std::ofstream(file) << settings;
  config::Document document({.file = file});
  for (const auto& module : modules)
    module->configure(document.section(module->name()));
  document.check();
}

std::vector<std::unique_ptr<host::Module>> only(std::unique_ptr<host::Module> module) {
  std::vector<std::unique_ptr<host::Module>> modules;
  modules.push_back(std::move(module));
  return modules;
}

/// A body run as a turn of any module, for the test that waits for it.
class TestWrite final : public storage::Write {
 public:
  struct Result {
    bool done = false;
    std::exception_ptr error;
  };

  TestWrite(boost::asio::any_io_executor home, events::Dispatcher& dispatcher,
            std::string_view module, const std::function<void(events::Turn&)>& body, Result& result)
      : Write(std::move(home)),
        dispatcher_(dispatcher),
        module_(module),
        body_(body),
        result_(result) {}

  void run(storage::Connection& connection) override {
    mark_ = dispatcher_.turn_services().outbox.mark();
    events::Turn turn(dispatcher_.turn_services(), connection, module_, trace);
    body_(turn);
  }
  void undone() noexcept override { dispatcher_.turn_services().outbox.roll_back_to(mark_); }
  void complete(std::exception_ptr error) override { result_ = {true, std::move(error)}; }

 private:
  events::Dispatcher& dispatcher_;
  std::string_view module_;
  const std::function<void(events::Turn&)>& body_;
  Result& result_;
  events::Outbox::Mark mark_{};
};

}  // namespace

ModuleHarness::ModuleHarness(std::unique_ptr<host::Module> module, std::string settings)
    : ModuleHarness(only(std::move(module)), std::move(settings)) {}

ModuleHarness::ModuleHarness(std::vector<std::unique_ptr<host::Module>> modules,
                             std::string settings, std::vector<storage::Migration> extra_migrations,
                             host::NodeOptions options)
    : clock(core::from_micros(1'700'000'000'000'000)),
      modules_(std::move(modules)),
      options_(std::move(options)),
      folder_(make_folder()) {
  options_.data_folder = folder_ / "data";
  options_.name = "test";
  options_.accept_modules = true;  // a test hosts what it needs
  options_.migrations.insert(options_.migrations.end(), extra_migrations.begin(),
                             extra_migrations.end());
  configure(modules_, folder_, settings);
  start();
}

ModuleHarness::~ModuleHarness() {
  end();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void ModuleHarness::start() {
  context_ = std::make_unique<boost::asio::io_context>(1);
  timers_ = std::make_unique<events::ManualTimers>();
  executor_ = std::make_unique<events::EffectExecutor>(*context_, clock);
  std::vector<host::Module*> all;
  std::vector<host::Module*> hosted;
  for (const auto& module : modules_) {
    all.push_back(module.get());
    if (!hosted_ || hosted_->contains(module->name())) hosted.push_back(module.get());
  }
  node_ = std::make_unique<host::Node>(
      options_,
      host::NodeSurroundings{
          .clock = clock, .timers = *timers_, .launcher = *executor_, .seed = seed_++},
      all, hosted);
  node_->launch_background();
}

void ModuleHarness::restart() {
  end();
  start();
}

void ModuleHarness::end() {
  for (const auto& module : modules_)
    module->stop();
  node_.reset();
  timers_.reset();
  context_.reset();
}

events::EventPtr ModuleHarness::write(std::string_view module,
                                      const std::function<void(events::Turn&)>& body) {
  TestWrite::Result result;
  const events::Seq before = node_->dispatcher().newest();
  node_->writer().submit(std::make_unique<TestWrite>(context_->get_executor(), node_->dispatcher(),
                                                     module, body, result));
  while (!result.done)
    step();
  if (result.error) std::rethrow_exception(result.error);
  const auto committed = node_->services().live.after(before, events::LiveFeed::kept_max);
  return committed && !committed->empty() ? committed->back() : nullptr;
}

bool ModuleHarness::step() {
  bool worked = node_->writer().step();
  context_->restart();
  worked = context_->poll() > 0 || worked;
  return timers_->fire(clock.now()) > 0 || worked;
}

void ModuleHarness::run_until_idle() {
  for (int steps = 0; step(); ++steps) {
    if (steps > 1'000'000) throw std::runtime_error("the node does not come to rest");
  }
}

void ModuleHarness::advance(core::Duration by) {
  clock.advance(by);
  run_until_idle();
}

void ModuleHarness::run_to_the_end(core::Duration limit) {
  const core::Timestamp end = clock.now() + limit;
  run_until_idle();
  for (;;) {
    auto due = node_->dispatcher().next_due();
    if (const auto timer = timers_->next(); timer && (!due || *timer < *due)) due = timer;
    if (!due || *due > end || node_->writer().failed()) return;
    clock.advance_to(*due);
    run_until_idle();
  }
}

events::EventList ModuleHarness::log() {
  return node_->services().readers.read(events::event_owner, [&](storage::Session session) {
    events::EventList all;
    events::EventLog::Page page{{}, events::Seq{0}, false};
    while (!page.end) {
      page = node_->services().log.page(session, page.scanned_to, {}, 1'000'000);
      all.insert(all.end(), page.events.begin(), page.events.end());
    }
    return all;
  });
}

std::shared_ptr<ModuleHarness::OpenCall> ModuleHarness::open(http::Method method,
                                                             std::string_view target,
                                                             std::string body,
                                                             http::Fields headers) {
  auto call = std::make_shared<OpenCall>();
  http::Request& request = call->request;
  request.method = method;
  request.target = target;
  request.trace = trace;
  request.headers = std::move(headers);
  request.body = std::move(body);
  if (!http::parse_target(request)) throw std::runtime_error("bad target");
  const auto match = node_->router().find(request);
  if (match.handler == nullptr) throw std::runtime_error("no route for " + request.target);
  boost::asio::co_spawn(*context_, (*match.handler)(request),
                        [call](std::exception_ptr thrown, http::Response answer) {
                          call->error = thrown;
                          if (!thrown) call->response = std::move(answer);
                        });
  return call;
}

http::Response ModuleHarness::call(http::Method method, std::string_view target, std::string body,
                                   http::Fields headers) {
  const auto call = open(method, target, std::move(body), std::move(headers));
  while (!call->done())
    step();
  if (call->error) std::rethrow_exception(call->error);
  return std::move(*call->response);
}

events::SubscriptionStatus ModuleHarness::status(std::string_view subscription) {
  for (const auto& each : node_->dispatcher().status().subscriptions) {
    if (each.name == subscription) return each;
  }
  throw std::runtime_error("no subscription " + std::string(subscription));
}

std::vector<std::string> ModuleHarness::rows(std::string_view owner, std::string_view sql) {
  return node_->services().readers.read(owner, [&](storage::Session session) {
    std::vector<std::string> found;
    auto rows = session.query(sql);
    while (rows.next()) {
      std::string line;
      for (int column = 0; column < rows.column_count(); ++column) {
        if (column > 0) line += '|';
        line += rows.is_null(column) ? "NULL" : rows.get<std::string>(column);
      }
      found.push_back(std::move(line));
    }
    return found;
  });
}

}  // namespace orderflow::test
