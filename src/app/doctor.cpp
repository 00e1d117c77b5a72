#include "doctor.hpp"

#include "events/examination.hpp"
#include "host/examination.hpp"
#include "storage/examination.hpp"
#include "whole_examination.hpp"

#include <algorithm>
#include <list>
#include <set>

namespace orderflow::app {
namespace {

using storage::Check;
using Modules = std::vector<std::unique_ptr<host::Module>>;

std::string_view to_text(Check::Result result) noexcept {
  switch (result) {
    case Check::Result::ok:
      return "ok";
    case Check::Result::failed:
      return "FAILED";
    case Check::Result::skipped:
      break;
  }
  return "skipped";
}

/// The migrations of an owner that this program has.
int steps_of(std::string_view owner, const std::vector<storage::Migration>& known) {
  return static_cast<int>(std::ranges::count(known, owner, &storage::Migration::owner));
}

/// The owners whose tables are as this program knows them.
std::set<std::string> examinable(const storage::ExaminedFile& file, const Modules& modules,
                                 storage::Checkup& checkup) {
  const auto known = storage::embedded_migrations();
  const auto hosted = file.hosted();
  std::set<std::string> owners;
  for (const auto& [owner, steps] : file.owners()) {
    const bool is_module = std::ranges::any_of(
        modules, [&owner = owner](const auto& module) { return module->name() == owner; });
    if (is_module && !hosted.empty() && !hosted.contains(owner)) {
      checkup.add(owner).skip(
          "another node works on it now, and its tables here stay as they were");
    } else if (steps >= steps_of(owner, known)) {
      owners.insert(owner);
    } else if (is_module) {
      checkup.add(owner).skip("an older program made its tables, and this one has not run on them");
    }
  }
  return owners;
}

void examine_events_and_modules(storage::ExaminedFile& file, const Modules& modules,
                                storage::Checkup& checkup) {
  events::Catalog catalog;
  for (const auto& module : modules)
    module->describe(catalog);
  events::Examination events(file.connection(), catalog, file.node(), checkup);
  const auto owners = examinable(file, modules, checkup);
  std::list<host::Examination> examinations;  // what the modules hold on to while the log is read
  for (const auto& module : modules) {
    if (!owners.contains(std::string(module->name()))) continue;
    examinations.emplace_back(module->name(), file.connection(), events, checkup);
    try {
      module->examine(examinations.back());
    } catch (const std::exception& e) {
      checkup.add(std::string(module->name())).find(std::string("cannot be checked: ") + e.what());
    }
  }
  examine_whole(file.connection(), owners, events, checkup);
  events.run();
}

void append_check(std::string& text, const Check& check) {
  const auto pad = [&text](std::size_t begin, std::size_t width) {
    text.append(std::max<std::size_t>(width, text.size() - begin + 1) - (text.size() - begin), ' ');
  };
  const std::size_t begin = text.size();
  text += to_text(check.result());
  pad(begin, 9);
  text += check.name();
  pad(begin, 45);
  text += check.result() == Check::Result::skipped ? "(" + check.skipped_because() + ")"
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

Diagnosis examine_database(const std::filesystem::path& path, const Modules& modules) {
  const auto began = std::chrono::steady_clock::now();
  storage::ExaminedFile file(path);
  Diagnosis diagnosis{.file = file.file(), .node = {}};
  storage::examine(file.connection(), storage::embedded_migrations(), diagnosis.checkup);
  try {
    diagnosis.node = file.node();
    diagnosis.versions = storage::program_versions(file.connection());
    examine_events_and_modules(file, modules, diagnosis.checkup);
  } catch (const storage::NotExaminable&) {
    throw;
  } catch (const std::exception& e) {
    diagnosis.checkup.add("tables").find(std::string("cannot be checked: ") + e.what());
  }
  file.require_unchanged();
  diagnosis.duration = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  return diagnosis;
}

std::string to_text(const Diagnosis& diagnosis) {
  std::string text = diagnosis.file.string() + " of node " + diagnosis.node;
  if (!diagnosis.versions.made_by.empty()) {
    text += ", made by orderflow " + diagnosis.versions.made_by + ", last opened by " +
            diagnosis.versions.opened_by;
  }
  text += '\n';
  std::size_t failed = 0;
  for (const Check& check : diagnosis.checkup.checks()) {
    append_check(text, check);
    failed += check.result() == Check::Result::failed ? 1U : 0U;
  }
  const std::string count = std::to_string(diagnosis.checkup.checks().size());
  text += failed == 0 ? "All " + count + " checks passed"
                      : std::to_string(failed) + " of " + count + " checks FAILED";
  return text + ", in " + std::to_string(diagnosis.duration.count()) + " ms.\n";
}

nlohmann::ordered_json to_json(const Diagnosis& diagnosis) {
  nlohmann::ordered_json document = {
      {"file", diagnosis.file.string()},          {"node", diagnosis.node},
      {"madeBy", diagnosis.versions.made_by},     {"openedBy", diagnosis.versions.opened_by},
      {"ok", diagnosis.checkup.sound()},          {"durationMs", diagnosis.duration.count()},
      {"checks", nlohmann::ordered_json::array()}};
  for (const Check& check : diagnosis.checkup.checks()) {
    nlohmann::ordered_json entry = {{"name", check.name()},
                                    {"result", to_text(check.result())},
                                    {"lookedAt", check.subject()},
                                    {"found", check.found()},
                                    {"findings", check.findings()}};
    if (check.result() == Check::Result::skipped) entry["because"] = check.skipped_because();
    document["checks"].push_back(std::move(entry));
  }
  return document;
}

}  // namespace orderflow::app
