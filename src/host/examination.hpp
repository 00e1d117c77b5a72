#pragma once

#include "events/examination.hpp"
#include "storage/checkup.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace orderflow::host {

/// What a module sees of a database that is examined: its own tables, and the log. It adds named
/// checks and fills them, at once or while the log is shown to it. All of one moment.
///
///     auto& check = examination.check("lines");
///     check.find_rows(examination.tables().query("SELECT 'order ' || id FROM orders_line WHERE
///     …"));
class Examination {
 public:
  Examination(std::string_view module, storage::Connection& connection, events::Examination& events,
              storage::Checkup& checkup)
      : module_(module), connection_(connection), events_(events), checkup_(checkup) {}

  /// A read-only session on the module's tables; what it throws ends the module's examination.
  storage::Session tables() const noexcept { return connection_.session(module_); }

  /// True where the module on this database's node was the first to write the event, whatever the
  /// node was called then.
  bool said_here(const events::Event& event) const {
    return event.meta().audience.empty() &&
           event.meta().origin.ends_with("/" + std::string(module_));
  }

  const events::Progress& progress() const noexcept { return events_.progress(); }

  /// Adds a check; `name` is for people.
  storage::Check& check(std::string_view name) {
    return checkup_.add(std::string(module_) + ": " + std::string(name));
  }

  /// See `events::Examination::Reader`. The reader lives until the log was shown.
  void read_log(storage::Check& check, std::function<void(const events::Story&)> see,
                std::function<void()> end) {
    events_.add_reader({&check, std::string(module_), std::move(see), std::move(end)});
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
