#include "storage/migration.hpp"

#include "core/digest.hpp"
#include "storage/transaction.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <set>

namespace orderflow::storage {
namespace {

constexpr std::string_view owner_name = "storage";

struct Applied {
  std::string name;
  std::string checksum;
};

using AppliedSteps = std::map<std::pair<std::string, int>, Applied>;

std::string step_name(std::string_view owner, int number, std::string_view name) {
  std::string digits = std::to_string(number);
  if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
  return std::string(owner) + "/" + digits + "_" + std::string(name);
}

AppliedSteps read_applied(Connection& connection) {
  connection.run(
      "CREATE TABLE IF NOT EXISTS storage_migration("
      " owner TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,"
      " applied_at INTEGER NOT NULL, PRIMARY KEY(owner, number)) STRICT, WITHOUT ROWID");
  AppliedSteps steps;
  auto rows = connection.session(owner_name)
                  .query("SELECT owner, number, name, checksum FROM storage_migration");
  while (rows.next()) {
    steps.emplace(std::pair{rows.get<std::string>(0), rows.get<int>(1)},
                  Applied{rows.get<std::string>(2), rows.get<std::string>(3)});
  }
  return steps;
}

void check_against_program(const AppliedSteps& applied, const std::vector<Migration>& known) {
  for (const auto& [key, step] : applied) {
    const std::string& owner = key.first;
    const int number = key.second;
    const auto found = std::ranges::find_if(
        known, [&](const Migration& m) { return m.owner == owner && m.number == number; });
    const std::string name = step_name(owner, number, step.name);
    if (found == known.end()) {
      const bool newer = std::ranges::none_of(
          known, [&](const Migration& m) { return m.owner == owner && m.number > number; });
      throw MigrationError(
          newer ? "the database is newer than this program: it has migration " + name +
                      ", which this program does not know. Start the newer program, or restore a "
                      "backup from before the upgrade"
                : "migration " + name +
                      " was applied to the database but is missing from this "
                      "program. Start the program it was made with");
    }
    if (core::sha256_hex(found->sql) != step.checksum) {
      throw MigrationError("migration " + name +
                           " was changed after it was applied to the database. Restore its text "
                           "and put the change into a new migration");
    }
  }
}

void check_sequence(const std::vector<Migration>& wanted) {
  std::map<std::string, int> last;
  for (const Migration& step : wanted) {
    if (step.number != ++last[step.owner]) {
      throw MigrationError("migrations of " + step.owner +
                           " must be numbered from 1 without gaps: " +
                           step_name(step.owner, step.number, step.name) + " stands where number " +
                           std::to_string(last[step.owner]) + " is due");
    }
  }
}

/// A table that changes hands.
struct TakeOver {
  std::string from;
  std::string to;
};

std::string_view owner_of(std::string_view table) {
  return table.substr(0, table.find('_'));
}

std::vector<TakeOver> take_overs(const Migration& step) {
  static const std::regex line("(?:^|\n)-- takes over: ([a-z_]+) as ([a-z_]+)(?=\r?\n)");
  std::vector<TakeOver> found;
  for (std::sregex_iterator match(step.sql.begin(), step.sql.end(), line), end; match != end;
       ++match) {
    TakeOver one{.from = (*match)[1], .to = (*match)[2]};
    if (owner_of(one.to) != step.owner) {
      throw MigrationError(step_name(step.owner, step.number, step.name) + " cannot give " +
                           std::string(owner_of(one.to)) + " the table " + one.to);
    }
    found.push_back(std::move(one));
  }
  return found;
}

/// Tables of others that the step reads.
std::vector<std::string> read_tables(const Migration& step) {
  static const std::regex line("(?:^|\\n)-- reads: ([a-z_]+)(?=\\r?\\n)");
  std::vector<std::string> found;
  for (std::sregex_iterator match(step.sql.begin(), step.sql.end(), line), end; match != end;
       ++match) {
    found.push_back((*match)[1]);
  }
  return found;
}

void take_over_tables(Connection& connection, const Migration& step) {
  for (const TakeOver& one : take_overs(step)) {
    if (!connection.has_table(one.from)) continue;
    connection.run(("ALTER TABLE " + one.from + " RENAME TO " + one.to).c_str());
  }
}

/// What is to be applied before a step that takes tables over: steps of their old owners that the
/// database lacks, of those that have some in it.
std::vector<Migration> steps_before(const Migration& step, const AppliedSteps& applied,
                                    const std::vector<Migration>& known) {
  std::set<std::string, std::less<>> owners;
  for (const TakeOver& one : take_overs(step)) {
    const std::string owner(owner_of(one.from));
    if (applied.contains({owner, 1})) owners.insert(owner);
  }
  std::vector<Migration> missing;
  std::ranges::copy_if(known, std::back_inserter(missing), [&](const Migration& one) {
    return owners.contains(one.owner) && !applied.contains({one.owner, one.number});
  });
  return missing;
}

void apply(Connection& connection, const Migration& step, core::Timestamp now) {
  Transaction transaction(connection);
  take_over_tables(connection, step);
  connection.run_migration(step.owner, step.sql, read_tables(step));
  connection.session(owner_name)
      .execute(
          "INSERT INTO storage_migration(owner, number, name, checksum, applied_at)"
          " VALUES(?1, ?2, ?3, ?4, ?5)",
          step.owner, step.number, step.name, core::sha256_hex(step.sql), now);
  transaction.commit();
}

}  // namespace

std::vector<Migration> migrations_of(std::span<const std::string_view> owners,
                                     const std::vector<Migration>& all) {
  std::vector<Migration> chosen;
  for (const std::string_view owner : owners) {
    std::ranges::copy_if(all, std::back_inserter(chosen),
                         [&](const Migration& m) { return m.owner == owner; });
  }
  return chosen;
}

int migrate(Connection& connection, const std::vector<Migration>& wanted,
            const std::vector<Migration>& known, core::Timestamp now) {
  check_sequence(wanted);
  AppliedSteps applied = read_applied(connection);
  check_against_program(applied, known);
  int count = 0;
  const auto apply_missing = [&](const Migration& step) {
    if (!applied.try_emplace({step.owner, step.number}).second) return;
    try {
      apply(connection, step, now);
    } catch (const std::exception& e) {
      throw MigrationError("migration " + step_name(step.owner, step.number, step.name) +
                           " failed and was undone: " + e.what());
    }
    ++count;
  };
  for (const Migration& step : wanted) {
    if (applied.contains({step.owner, step.number})) continue;
    for (const Migration& before : steps_before(step, applied, known))
      apply_missing(before);
    apply_missing(step);
  }
  return count;
}

}  // namespace orderflow::storage
