#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

struct sqlite3;

namespace orderflow::storage {

/// A program beside a node that keeps a copy of its database: it copies the file once, and then
/// the write-ahead log as it grows. It holds a read transaction, so that nobody begins the log
/// again before it has copied all of it, and makes the checkpoints itself. So does Litestream 0.3
/// (litestream.io/how-it-works). The steps that are apart in such a program are functions here, so
/// that a test decides what happens between them. Throws `std::runtime_error`.
class OutsideCopier {
 public:
  /// Copies the file, and begins to hold its read transaction.
  explicit OutsideCopier(std::filesystem::path database);
  ~OutsideCopier();
  OutsideCopier(const OutsideCopier&) = delete;
  OutsideCopier& operator=(const OutsideCopier&) = delete;

  /// Copies what the log has more, up to its last commit.
  void copy();

  /// Checkpoints, which lets the log begin again; does `meanwhile` before it writes itself and
  /// holds a read transaction again. Copies the end of the log before where the log has begun
  /// again.
  void checkpoint(const std::function<void()>& meanwhile);

  /// Makes a database of what was copied, and what SQLite's check of it finds: "ok" or the first
  /// damage.
  std::string findings(const std::filesystem::path& restored) const;

  /// Of a table in a database that was made.
  static int rows_in(const std::filesystem::path& restored, const std::string& table);

 private:
  struct Frame {
    std::uint32_t page;
    std::uint32_t pages_after_commit;
    std::string bytes;
  };

  void run(const char* sql);
  std::string read_log(std::uint64_t offset, std::size_t size) const;
  bool begin_log();

  const std::filesystem::path database_;
  const std::filesystem::path log_;
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> connection_;
  std::string file_;           ///< as it was at first
  std::string head_;           ///< of the log that is being copied
  std::uint64_t offset_ = 0;   ///< up to where it was copied
  std::uint32_t sums_[2]{};    ///< the running checksum there
  std::vector<Frame> frames_;  ///< in their order, of committed transactions
};

}  // namespace orderflow::storage
