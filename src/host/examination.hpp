#pragma once

#include "events/examination.hpp"
#include "storage/checkup.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::host {

/// What a module sees of a database that is examined: its own tables, and the log. It adds named
/// checks and fills them, while the log is shown to it or at once. All of one moment. Of the
/// database of a node that runs, a moment shows some of the orders; what needs all tables is
/// `run_whole`.
///
///     examination.run_whole("lines", [&](storage::Check& check) {
///       check.find_rows(examination.tables().query("SELECT 'order ' || id FROM orders_line …"));
///     });
class Examination {
 public:
  Examination(std::string_view module, storage::Connection& connection, events::Examination& events,
              storage::Checkup& checkup)
      : module_(module), connection_(connection), events_(events), checkup_(checkup) {}

  /// A read-only session on the module's tables; what it throws ends the module's examination.
  storage::Session tables() const noexcept { return connection_.session(module_); }

  /// True where the module on this database's node was the first to write the event, whatever the
  /// node was called then.
  bool published_here(const events::Event& event) const {
    return event.meta().audience.empty() &&
           event.meta().origin.ends_with("/" + std::string(module_));
  }

  const events::Progress& progress() const noexcept { return events_.progress(); }

  /// The orders that are looked at.
  events::IdRange orders() const { return events_.ids(); }

  /// Adds a check; `name` is for people.
  storage::Check& check(std::string_view name) {
    return checkup_.add(std::string(module_) + ": " + std::string(name));
  }

  /// See `events::Examination::run_whole`.
  void run_whole(std::string_view name, const std::function<void(storage::Check&)>& body) {
    events_.run_whole(std::string(module_) + ": " + std::string(name), body);
  }

  /// See `events::Examination::Reader`. The reader lives until the log was shown. Of what came from
  /// other nodes it is shown what is for this module, or for those given.
  void read_log(storage::Check& check, std::function<void(const events::KeyHistory&)> see,
                std::function<void()> end, std::vector<std::string> modules = {}) {
    if (modules.empty()) modules.emplace_back(module_);
    events_.add_reader({&check, std::move(modules), std::move(see), std::move(end)});
  }

  /// In this subscription of the module events of one key need not wait for one another.
  void keeps_no_order(std::string_view subscription) {
    events_.keeps_no_order(std::string(subscription));
  }

 private:
  std::string_view module_;
  storage::Connection& connection_;
  events::Examination& events_;
  storage::Checkup& checkup_;
};

}  // namespace orderflow::host
