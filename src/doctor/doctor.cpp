#include "doctor/doctor.hpp"

#include "doctor/cross_module_checks.hpp"
#include "events/integrity/log_integrity.hpp"
#include "host/module_integrity.hpp"
#include "host/order_export.hpp"
#include "storage/inspected_database.hpp"

#include <algorithm>
#include <list>
#include <set>

namespace orderflow::doctor {
namespace {

using storage::IntegrityCheck;
using Modules = std::vector<std::unique_ptr<host::Module>>;

std::string_view to_text(IntegrityCheck::Result result) noexcept {
  switch (result) {
    case IntegrityCheck::Result::ok:
      return "ok";
    case IntegrityCheck::Result::failed:
      return "FAILED";
    case IntegrityCheck::Result::skipped:
      break;
  }
  return "skipped";
}

/// The migrations of an owner that this program has.
int steps_of(std::string_view owner, const std::vector<storage::Migration>& known) {
  return static_cast<int>(std::ranges::count(known, owner, &storage::Migration::owner));
}

/// The owners whose tables are as this program knows them.
std::set<std::string> checkable(const storage::InspectedDatabase& file, const Modules& modules,
                                storage::IntegrityReport& integrity) {
  const auto known = storage::embedded_migrations();
  const auto hosted = file.hosted();
  std::set<std::string> owners;
  for (const auto& [owner, steps] : file.owners()) {
    const bool is_module = std::ranges::any_of(
        modules, [&owner = owner](const auto& module) { return module->name() == owner; });
    if (is_module && !hosted.empty() && !hosted.contains(owner)) {
      integrity.add(owner).skip(
          "another node hosts it now, and its tables here are no longer updated");
    } else if (steps >= steps_of(owner, known)) {
      owners.insert(owner);
    } else if (is_module) {
      integrity.add(owner).skip(
          "an older program made its tables, and this one has not run on them");
    }
  }
  return owners;
}

void check_events_and_modules(storage::InspectedDatabase& file, const Modules& modules,
                              const std::set<std::string>& owners, const events::Catalog& catalog,
                              storage::IntegrityReport& integrity, events::Scope scope) {
  events::LogIntegrity events(file.connection(), catalog, file.node(), integrity, std::move(scope));
  std::list<host::ModuleIntegrity> checks;  // alive while the log is read
  for (const auto& module : modules) {
    for (const std::string_view subscription : module->unordered_subscriptions())
      events.keeps_no_order(std::string(subscription));
    if (!owners.contains(std::string(module->name()))) continue;
    checks.emplace_back(module->name(), file.connection(), events, integrity);
    try {
      module->check_integrity(checks.back());
    } catch (const std::exception& e) {
      integrity.add(std::string(module->name()))
          .report(std::string("cannot be checked: ") + e.what());
    }
  }
  check_across_modules(file.connection(), modules, owners, events, integrity);
  events.run();
}

/// The key at which a snapshot that begins behind `after` ends: so that neither the log nor what a
/// module keeps by order has more rows in between than it may read. A key that is no identifier is
/// never the end.
std::string end_of_snapshot(storage::Connection& connection, const Modules& modules,
                            const std::set<std::string>& owners, const std::string& after,
                            std::int64_t rows_max) {
  std::string end = events::KeyRange::behind_all;
  if (const auto key = events::EventLog::key_after(connection.session(events::event_owner), after,
                                                   rows_max - 1)) {
    if (const auto id = core::Uuid::parse(*key)) end = id->to_string();
  }
  const core::Uuid id = core::Uuid::parse(after).value_or(core::Uuid{});
  for (const auto& module : modules) {
    const host::OrderExport* rows = module->order_export();
    if (rows == nullptr || !owners.contains(std::string(module->name()))) continue;
    const auto order = rows->order_behind(connection.session(module->name()), id, rows_max);
    if (order) end = std::min(end, order->to_string());
  }
  return end;
}

void check_by_ranges(storage::InspectedDatabase& file, const Modules& modules,
                     const std::set<std::string>& owners, const events::Catalog& catalog,
                     std::int64_t rows_max, DoctorReport& report) {
  events::Scope scope{.keys = {}, .is_whole = false, .has_progress = true};
  while (true) {
    file.renew_snapshot();
    ++report.snapshots;
    scope.keys.upto =
        end_of_snapshot(file.connection(), modules, owners, scope.keys.after, rows_max);
    check_events_and_modules(file, modules, owners, catalog, report.integrity, scope);
    if (scope.keys.upto == events::KeyRange::behind_all) return;
    scope.keys.after = scope.keys.upto;
    scope.has_progress = false;
  }
}

/// A database of this size is read in a second or so.
constexpr std::uintmax_t small_file_bytes = 64U << 20;

bool wants_many(const storage::InspectedDatabase& file, const DoctorOptions& options) {
  using Snapshots = DoctorOptions::Snapshots;
  if (options.snapshots != Snapshots::as_fits) return options.snapshots == Snapshots::many;
  return file.bytes() > small_file_bytes && file.is_live();
}

void append_check(std::string& text, const IntegrityCheck& check) {
  const auto pad = [&text](std::size_t begin, std::size_t width) {
    text.append(std::max<std::size_t>(width, text.size() - begin + 1) - (text.size() - begin), ' ');
  };
  const std::size_t begin = text.size();
  text += to_text(check.result());
  pad(begin, 9);
  text += check.name();
  pad(begin, 45);
  text += check.result() == IntegrityCheck::Result::skipped ? "(" + check.skipped_because() + ")"
                                                            : check.subject();
  while (text.ends_with(' '))
    text.pop_back();
  text += '\n';
  for (const std::string& finding : check.findings())
    text += "           " + finding + '\n';
  if (check.found() > check.findings().size()) {
    text += "           and " + std::to_string(check.found() - check.findings().size()) + " more\n";
  }
}

}  // namespace

DoctorReport check_database(const std::filesystem::path& path, const Modules& modules,
                            const DoctorOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  storage::InspectedDatabase file(path);
  DoctorReport report{.file = file.file(), .node = {}};
  const bool many = wants_many(file, options);
  storage::check_storage(file.connection(), storage::embedded_migrations(), !many,
                         report.integrity);
  try {
    report.node = file.node();
    report.versions = storage::program_versions(file.connection());
    events::Catalog catalog;
    for (const auto& module : modules)
      module->describe(catalog);
    const auto owners = checkable(file, modules, report.integrity);
    if (many) {
      check_by_ranges(file, modules, owners, catalog, options.rows_a_snapshot, report);
    } else {
      check_events_and_modules(file, modules, owners, catalog, report.integrity, {});
    }
  } catch (const storage::NotInspectable&) {
    throw;
  } catch (const std::exception& e) {
    report.integrity.add("tables").report(std::string("cannot be checked: ") + e.what());
  }
  file.require_unchanged();
  report.duration = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  return report;
}

std::string to_text(const DoctorReport& report) {
  std::string text = report.file.string() + " of node " + report.node;
  if (!report.versions.made_by.empty()) {
    text += ", made by orderflow " + report.versions.made_by + ", last opened by " +
            report.versions.opened_by;
  }
  text += '\n';
  std::size_t failed = 0;
  for (const IntegrityCheck& check : report.integrity.checks()) {
    append_check(text, check);
    failed += check.result() == IntegrityCheck::Result::failed ? 1U : 0U;
  }
  const std::string count = std::to_string(report.integrity.checks().size());
  text += failed == 0 ? "All " + count + " checks passed"
                      : std::to_string(failed) + " of " + count + " checks FAILED";
  text += ", in " + std::to_string(report.duration.count()) + " ms";
  if (report.snapshots > 1) {
    text += ", beside the node, in " + std::to_string(report.snapshots) + " snapshots";
  }
  return text + ".\n";
}

nlohmann::ordered_json to_json(const DoctorReport& report) {
  nlohmann::ordered_json document = {
      {"file", report.file.string()},      {"node", report.node},
      {"madeBy", report.versions.made_by}, {"openedBy", report.versions.opened_by},
      {"ok", report.integrity.sound()},    {"durationMs", report.duration.count()},
      {"snapshots", report.snapshots},     {"checks", nlohmann::ordered_json::array()}};
  for (const IntegrityCheck& check : report.integrity.checks()) {
    nlohmann::ordered_json entry = {{"name", check.name()},
                                    {"result", to_text(check.result())},
                                    {"lookedAt", check.subject()},
                                    {"found", check.found()},
                                    {"findings", check.findings()}};
    if (check.result() == IntegrityCheck::Result::skipped)
      entry["because"] = check.skipped_because();
    document["checks"].push_back(std::move(entry));
  }
  return document;
}

}  // namespace orderflow::doctor
