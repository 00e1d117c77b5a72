#pragma once

#include "storage/writer_task.hpp"

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>

struct sqlite3;
struct sqlite3_backup;

namespace orderflow::storage {

/// A backup was not made; what() gives the reason. The node is not touched by it.
class BackupError : public std::runtime_error {
 public:
  enum class Reason { no_space, failed };
  BackupError(Reason reason, const std::string& what) : std::runtime_error(what), reason_(reason) {}
  Reason reason() const noexcept { return reason_; }

 private:
  Reason reason_;
};

/// Copies the database to a file while the node writes on: some pages between two batches. Because
/// it reads through the writer's own connection, SQLite brings pages that were copied before up to
/// date with each commit, and the copy never starts over (sqlite.org/c3ref/backup_finish.html). It
/// is the state of the commit before its last step.
///
/// The file is not synced: see `finish_backup`.
class DatabaseCopy final : public WriterTask {
 public:
  static constexpr int pages_a_step_default = 256;

  /// Called once, on the writer thread, when the file is whole and closed; or why it never will be.
  using Done = std::function<void(std::exception_ptr)>;

  /// Called after each step, on the writer thread: how many pages of how many are copied.
  using Progress = std::function<void(int copied, int pages)>;

  /// Makes the file, mode 0600, which must not be there. Throws `BackupError`.
  DatabaseCopy(std::filesystem::path file, Done done, int pages_a_step = pages_a_step_default,
               Progress progress = {});
  ~DatabaseCopy() override;
  DatabaseCopy(const DatabaseCopy&) = delete;
  DatabaseCopy& operator=(const DatabaseCopy&) = delete;

  bool step(Connection& source) override;
  void abandon(const std::string& reason) noexcept override;

 private:
  void begin(Connection& source);
  void close() noexcept;

  std::filesystem::path file_;
  Done done_;
  Progress progress_;
  const int pages_a_step_;
  sqlite3* target_ = nullptr;
  sqlite3_backup* backup_ = nullptr;
};

}  // namespace orderflow::storage
