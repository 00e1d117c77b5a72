#pragma once

#include "storage/integrity_report.hpp"
#include "storage/migration.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::storage {

/// The file cannot be inspected: it is not there, is no database of ours, or is newer than this
/// program. what() states which, and what to do.
class NotInspectable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A database opened for inspection, of which no byte is changed. Where a WAL lies beside it (its
/// node runs, or was killed), its content is seen too, and SQLite may make its index file (-shm)
/// again. Without one nothing is left beside the file. Everything is read in one snapshot, until
/// another is asked for.
class InspectedDatabase {
 public:
  /// `path` is a database file, or a data folder that has one. Throws `NotInspectable`.
  explicit InspectedDatabase(const std::filesystem::path& path);
  ~InspectedDatabase();
  InspectedDatabase(const InspectedDatabase&) = delete;
  InspectedDatabase& operator=(const InspectedDatabase&) = delete;

  const std::filesystem::path& file() const noexcept { return file_; }
  Connection& connection() noexcept { return *connection_; }

  /// True where a node works on it now. It cannot give the space of its write-ahead log back while
  /// a snapshot is open.
  bool is_live() const;
  /// Its size now, with the content of the WAL.
  std::uintmax_t bytes() const;
  /// Ends the snapshot and begins another: what was read before may be of another time.
  void renew_snapshot();

  /// The owners that have tables in it, and how many migrations of each were applied.
  std::map<std::string, int, std::less<>> owners() const;
  /// The modules that the node hosted when it last started; empty where it has not stored them.
  std::set<std::string, std::less<>> hosted() const;
  /// The node's name; empty where it has none yet.
  std::string node() const;

  /// Throws `NotInspectable` where another process changed the file while it was read without a
  /// snapshot, so that what was found means nothing.
  void require_unchanged() const;

 private:
  void open();

  std::filesystem::path file_;
  bool with_wal_ = false;
  std::uintmax_t bytes_ = 0;
  std::filesystem::file_time_type written_at_{};
  std::unique_ptr<Connection> connection_;
};

/// Whether migrations are sound, and with `all_pages` file and foreign keys, for which every page
/// is read. CHECK constraints are not looked at, for
/// SQLite does not read them in a database that it may not write. Throws `NotInspectable` where the
/// database has a migration that `known` does not.
void check_storage(Connection& connection, const std::vector<Migration>& known, bool all_pages,
                   IntegrityReport& report);

}  // namespace orderflow::storage
