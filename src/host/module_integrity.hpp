#pragma once

#include "events/integrity/log_integrity.hpp"
#include "storage/integrity_report.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::host {

/// What a module sees of a database under check: its own tables, and the log, all of one moment. It
/// adds named checks and fills them, at once or while the log is read. In a running node's database
/// a moment covers some of the orders; checks that need all tables are `run_whole`.
///
///     integrity.run_whole("lines", [&](storage::IntegrityCheck& check) {
///       check.report_rows(integrity.tables().query("SELECT 'order ' || id FROM orders_line …"));
///     });
class ModuleIntegrity {
 public:
  ModuleIntegrity(std::string_view module, storage::Connection& connection,
                  events::LogIntegrity& events, storage::IntegrityReport& report)
      : module_(module), connection_(connection), events_(events), report_(report) {}

  /// A read-only session on the module's tables; what it throws ends the module's checks.
  storage::Session tables() const noexcept { return connection_.session(module_); }

  /// True where the module on this database's node was the first to write the event, whatever the
  /// node's name was then.
  bool published_here(const events::Event& event) const {
    return event.meta().audience.empty() &&
           event.meta().origin.ends_with("/" + std::string(module_));
  }

  const events::Progress& progress() const noexcept { return events_.progress(); }

  /// The orders that are checked.
  events::IdRange orders() const { return events_.ids(); }

  /// Adds a check; `name` is for people.
  storage::IntegrityCheck& check(std::string_view name) {
    return report_.add(std::string(module_) + ": " + std::string(name));
  }

  /// See `events::LogIntegrity::run_whole`.
  void run_whole(std::string_view name, const std::function<void(storage::IntegrityCheck&)>& body) {
    events_.run_whole(std::string(module_) + ": " + std::string(name), body);
  }

  /// See `events::LogIntegrity::LogReader`. The reader lives until the log was read. Of received
  /// events it is given those for this module, or for those modules that are named.
  void read_log(storage::IntegrityCheck& check, std::function<void(const events::KeyHistory&)> see,
                std::function<void()> end, std::vector<std::string> modules = {}) {
    if (modules.empty()) modules.emplace_back(module_);
    events_.add_reader({&check, std::move(modules), std::move(see), std::move(end)});
  }

  /// The same for a reader that has `check()`, `see(const events::KeyHistory&)` and `finish()`.
  template <class Reader>
  void read_log(const std::shared_ptr<Reader>& reader) {
    read_log(
        reader->check(), [reader](const events::KeyHistory& history) { reader->see(history); },
        [reader] { reader->finish(); });
  }

 private:
  std::string_view module_;
  storage::Connection& connection_;
  events::LogIntegrity& events_;
  storage::IntegrityReport& report_;
};

}  // namespace orderflow::host
