#pragma once

#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::storage {

/// Why a check of all there is at once is left out while a node works on the database.
inline constexpr std::string_view needs_one_snapshot =
    "a node works on the database, and this would take one long snapshot of it: stop the node, or"
    " use --whole";

/// One named look at a database, and what was found wrong.
class IntegrityCheck {
 public:
  /// The first findings are kept in words, the rest is counted.
  static constexpr std::size_t findings_kept = 10;

  enum class Result { ok, failed, skipped };

  explicit IntegrityCheck(std::string name) : name_(std::move(name)) {}

  /// Adds to what was checked: 12, "orders". Counts of the same things are added up.
  void looked_at(std::int64_t count, std::string_view what);

  /// One thing that is wrong, worded so that a reader finds it.
  void report(std::string what);

  /// Each row is a finding: its columns one after the other, as `Rows::to_text` has them.
  void report_rows(Rows rows);

  /// The check cannot be made on this database. What was found before still counts.
  void skip(std::string_view why) { skipped_because_ = why; }

  const std::string& name() const noexcept { return name_; }
  Result result() const noexcept;
  /// "12 orders, 3 set aside".
  std::string subject() const;
  const std::string& skipped_because() const noexcept { return skipped_because_; }
  std::uint64_t found() const noexcept { return found_; }
  const std::vector<std::string>& findings() const noexcept { return findings_; }

 private:
  std::string name_;
  std::vector<std::pair<std::string, std::int64_t>> looked_at_;  ///< what, and how many
  std::string skipped_because_;
  std::uint64_t found_ = 0;
  std::vector<std::string> findings_;
};

/// All checks of one database, in the order they were added. Belongs to one thread.
class IntegrityReport {
 public:
  /// The check of that name, added where there is none yet: what is looked at piece by piece is one
  /// check. It stays where it is for as long as the report lives.
  IntegrityCheck& add(std::string name);

  /// Adds a check and runs `body(IntegrityCheck&)`. What it throws is a finding: data that cannot
  /// even be looked at is wrong.
  template <class Body>
  IntegrityCheck& run(std::string name, Body&& body) {
    IntegrityCheck& check = add(std::move(name));
    guard(check, [&] { body(check); });
    return check;
  }

  /// Runs `body` for `check`; false where it threw, which is a finding.
  template <class Body>
  static bool guard(IntegrityCheck& check, Body&& body) {
    try {
      body();
      return true;
    } catch (const std::exception& e) {
      check.report(std::string("cannot be checked: ") + e.what());
      return false;
    }
  }

  const std::deque<IntegrityCheck>& checks() const noexcept { return checks_; }
  /// No check failed.
  bool sound() const noexcept;

 private:
  std::deque<IntegrityCheck> checks_;
};

}  // namespace orderflow::storage
