#pragma once

#include "core/clock.hpp"
#include "storage/database_copy.hpp"
#include "storage/writer.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::storage {

/// A whole and checked copy of the database, one file.
struct Backup {
  std::filesystem::path file;
  std::uint64_t bytes = 0;
  core::Timestamp made_at{};
  std::int64_t newest_event = 0;  ///< the last position of the log that is in it
};

/// How far a backup is that is being made.
struct BackupProgress {
  int pages = 0;   ///< of the database; 0 until the first are copied
  int copied = 0;  ///< of these; all of them where the copy is being checked and synced
};

/// A backup is being made already.
class BackupRunning : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Checks the copy in `partial` (`PRAGMA quick_check`), marks it as one (incarnations.hpp), syncs
/// it, and gives it its name in the same folder: `orderflow-<UTC time>-<newest event>.db`.
/// `newest_event` is asked of the copy. Blocks for as long as the disk takes. Throws `BackupError`,
/// and then the partial file is gone.
Backup finish_backup(const std::filesystem::path& partial, core::Timestamp made_at,
                     const std::function<std::int64_t(Connection& copy)>& newest_event);

/// The backups of a node, in a folder of their own. One is made at a time: the copying is a task
/// of the writer, what follows runs on a thread of this object. A crash leaves at most a `.partial`
/// file, which the next start removes.
///
/// Threads: `start`, `progress` and `list` from any, the others from the owner.
class Backups {
 public:
  using NewestEvent = std::function<std::int64_t(Connection& copy)>;
  /// Called once, from a thread of its own choice: the backup, or an error and nothing.
  using Done = std::function<void(std::exception_ptr, Backup)>;

  /// `kept_max` are kept, the newest; at least one. `clock` outlives this.
  Backups(std::filesystem::path folder, std::size_t kept_max, const core::Clock& clock,
          NewestEvent newest_event);
  ~Backups();
  Backups(const Backups&) = delete;
  Backups& operator=(const Backups&) = delete;

  /// Starts one; `done` must not call back into this. Throws `BackupRunning`, `BackupError` or
  /// `WriteRefused`, and then `done` is not called.
  void start(Writer& writer, Done done);

  /// How far the one is that is being made, if one is.
  std::optional<BackupProgress> progress() const;

  /// Those there are, newest first.
  std::vector<Backup> list() const;

  /// Waits for the running one, which ends with its writer: stop that first.
  void stop() noexcept;

 private:
  void run(std::filesystem::path partial, std::function<void()> wait_for_copy, const Done& done);
  void make_folder() const;
  void remove_partial_files() const noexcept;
  void remove_old(const Backup& made) const;

  const std::filesystem::path folder_;
  const std::size_t kept_max_;
  const core::Clock& clock_;
  const NewestEvent newest_event_;
  mutable std::mutex mutex_;
  bool running_ = false;
  std::atomic<int> pages_ = 0;
  std::atomic<int> pages_copied_ = 0;
  std::thread thread_;
};

}  // namespace orderflow::storage
