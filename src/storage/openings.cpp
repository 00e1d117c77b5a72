#include "storage/openings.hpp"

#include "storage/error.hpp"
#include "storage/file_check.hpp"
#include "storage/own_file.hpp"
#include "storage/ownership.hpp"
#include "storage/transaction.hpp"
#include "telemetry/log.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace orderflow::storage {
namespace {

namespace fs = std::filesystem;

/// Of a database that no node has marked yet.
constexpr std::string_view unmarked = "none";

fs::path list_of(const fs::path& file) {
  return file.string() + "-openings";
}

std::vector<std::string> read_list(const fs::path& file) {
  std::ifstream in(list_of(file));
  std::vector<std::string> marks;
  for (std::string line; marks.size() < openings_max && std::getline(in, line);)
    marks.push_back(line);
  return marks;
}

/// As a whole or not at all: half a list would make a stranger of the database.
void write_list(const fs::path& file, const std::vector<std::string>& marks) {
  const fs::path made = list_of(file).string() + ".new";
  std::string text;
  for (const std::string& mark : marks)
    text += mark + '\n';
  {
    OwnFile list(AT_FDCWD, made.string(), 0600);
    list.write(text);
    list.sync();
  }
  std::error_code failed;
  fs::rename(made, list_of(file), failed);
  if (failed) throw FileRefused(list_of(file).string() + ": " + failed.message());
  // A database whose mark is on disk before the list that has it would be a stranger.
  sync_folder(fs::absolute(file).parent_path());
}

/// The mark that the file bears as it is, whatever write-ahead log lies beside it. Nothing where it
/// cannot be read.
std::optional<std::string> mark_of(const fs::path& file) {
  std::error_code failed;
  const auto bytes = fs::file_size(file, failed);
  if (failed || bytes == 0) return std::string(unmarked);
  try {
    Connection connection(file, Connection::Mode::unchanging);
    if (!connection.has_table("storage_opening")) return std::string(unmarked);
    auto row =
        connection.session(Ownership::storage_layer).query("SELECT mark FROM storage_opening");
    return row.next() ? row.get<std::string>(0) : std::string(unmarked);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// A file that was not opened here before is a copy, and whoever has made it may have made it
/// badly. It is checked before the list knows it: at the next start it would be no newcomer.
void check_newcomer(const fs::path& file, const std::string& mark,
                    const std::vector<std::string>& marks) {
  if (std::ranges::find(marks, mark) != marks.end()) return;
  std::error_code missing;
  const auto bytes = fs::file_size(file, missing);
  if (missing || bytes == 0) return;
  telemetry::log("storage").info("checking a database that was not opened here before bytes={}",
                                 bytes);
  require_sound(file);
}

bool has_log(const fs::path& file) {
  std::error_code failed;
  const auto bytes = fs::file_size(file.string() + "-wal", failed);
  return !failed && bytes > 0;
}

}  // namespace

bool has_foreign_log(const fs::path& file) {
  if (!has_log(file)) return false;
  const auto marks = read_list(file);
  if (marks.empty()) return false;
  const auto mark = mark_of(file);
  return mark && std::ranges::find(marks, *mark) == marks.end();
}

void prepare_opening(const fs::path& file) {
  require_uncut(file);
  const auto mark = mark_of(file);
  if (!mark) return;
  auto marks = read_list(file);
  check_newcomer(file, *mark, marks);
  // Of what the file bore before it will bear nothing again.
  marks.erase(marks.begin(), std::ranges::find(marks, *mark));
  if (marks.empty()) marks.push_back(*mark);
  write_list(file, marks);
}

void mark_opening(Connection& connection, const fs::path& file, core::Random& random) {
  auto marks = read_list(file);
  if (marks.empty() || marks.size() >= openings_max) return;
  char mark[17];
  std::snprintf(mark, sizeof mark, "%016llx", static_cast<unsigned long long>(random.next()));
  marks.emplace_back(mark);
  write_list(file, marks);
  Transaction transaction(connection);
  connection.session(Ownership::storage_layer)
      .execute(
          "INSERT INTO storage_opening(\"only\", mark) VALUES(1, ?1)"
          " ON CONFLICT(\"only\") DO UPDATE SET mark = excluded.mark",
          marks.back());
  transaction.commit();
}

}  // namespace orderflow::storage
