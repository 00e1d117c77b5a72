#pragma once

#include "doctor/doctor.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

template <>
struct doctest::StringMaker<std::set<std::string>> {
  static String convert(const std::set<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
      text += "[" + name + "]";
    return text.c_str();
  }
};

namespace orderflow::doctor {

using Names = std::set<std::string>;

/// A database in which everything occurs that a check looks at: each test spoils a copy of its own.
struct DoctorFixture {
  DoctorFixture();

  /// The names of the checks that fail after `sql`.
  Names failing_after(const char* sql);

  Names failing();

  /// What the last check of the database found; throws where there is no check of that name.
  const storage::IntegrityCheck& check(std::string_view name) const;

  test::TemporaryFolder folder;
  std::filesystem::path file = folder.path() / "orderflow.db";
  DoctorReport report;

 private:
  /// Read order by order, as beside a node that runs, each check finds the same, or is skipped.
  void compare_with_pieces();
};

}  // namespace orderflow::doctor
