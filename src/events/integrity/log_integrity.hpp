#pragma once

#include "core/uuid.hpp"
#include "events/integrity/progress.hpp"
#include "events/log/event_log.hpp"
#include "storage/integrity_report.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::events {

/// What is checked on one snapshot of a database.
struct Scope {
  KeyRange keys{};  ///< what belongs to these keys: their events, orders, payments
  /// Also what needs all tables at the same moment, whatever their size.
  bool is_whole = true;
  /// Also what is under way, and how far the subscriptions are.
  bool has_progress = true;
};

/// Identifiers behind one, up to another.
struct IdRange {
  core::Uuid after;
  core::Uuid upto;
};

/// Checks the event core's own tables, and lets others look at the log with it: the log is read
/// once, key by key, for all of them.
class LogIntegrity {
 public:
  /// All outlive the checks. `node` is the name of the database's node.
  LogIntegrity(storage::Connection& connection, const Catalog& catalog, std::string node,
               storage::IntegrityReport& report, Scope scope = {});

  /// The keys of the scope, of those that are texts of identifiers: both ascend alike.
  IdRange ids() const;

  /// Adds a check that needs all tables at the same moment, and makes it by `body` where the scope
  /// has them; else notes that it was not made.
  void run_whole(std::string name, const std::function<void(storage::IntegrityCheck&)>& body);

  const Progress& progress() const noexcept { return progress_; }
  /// The name of the database's node.
  const std::string& node() const noexcept { return node_; }

  /// In this subscription events of one key need not wait for one another.
  void keeps_no_order(std::string subscription) { orderless_.insert(std::move(subscription)); }

  /// Shows every history of the log, in ascending order of the keys, then calls `end`. What these
  /// throw is a finding of `check`, and it is shown no more.
  struct LogReader {
    storage::IntegrityCheck* check;
    /// Of what came from other nodes it is shown what is for one of these modules; empty: all.
    std::vector<std::string> modules;
    std::function<void(const KeyHistory&)> see;
    std::function<void()> end;
  };
  void add_reader(LogReader reader) { readers_.push_back(std::move(reader)); }

  /// Makes the checks of the event core, and shows the log to the readers.
  void run();

 private:
  void check_positions();
  void check_causes();
  void check_subscriptions();
  /// Reports which cursors hold events that nobody here handles. They are no finding.
  void report_unhosted();
  void check_deliveries();
  /// Payloads that an operator has edited.
  void check_edits(storage::IntegrityCheck& check);
  void check_order();
  void check_attempts();
  void read_log();
  void show(const KeyHistory& history);
  static EventList of_modules(const KeyHistory& history, const std::vector<std::string>& modules);
  storage::Session session() const;

  storage::Connection& connection_;
  const Catalog& catalog_;
  const std::string node_;
  storage::IntegrityReport& report_;
  const Scope scope_;
  const Progress progress_;
  std::set<std::string, std::less<>> orderless_;
  std::vector<LogReader> readers_;
};

}  // namespace orderflow::events
