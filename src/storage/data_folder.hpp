#pragma once

#include "storage/folder_rule.hpp"
#include "storage/own_file.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace orderflow::storage {

/// The folder is in use by another process, or cannot be used; what() has which and why.
class DataFolderError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Another process has locked the folder.
class DataFolderInUse : public DataFolderError {
 public:
  DataFolderInUse(const std::string& what, std::optional<std::string> url)
      : DataFolderError(what), url_(std::move(url)) {}
  /// Where that process can be reached, if it has recorded it.
  const std::optional<std::string>& url() const noexcept { return url_; }

 private:
  std::optional<std::string> url_;
};

/// A node's data folder, locked by this process alone for as long as the object lives. The lock is
/// an `flock` on `orderflow.lock`, which the kernel drops when the process dies, however it dies;
/// the file has the owner's process id.
///
/// The folder is made with mode 0700 where it is missing. One of another user is refused, and so is
/// a lock or a database that is another user's or a link that another user has made. A folder or a
/// database of ours that is open to others is closed to them, which is logged; a folder that its
/// group may look into stays. A database with the write-ahead log of another one beside it is
/// refused, as far as that is known (openings.hpp).
class DataFolder {
 public:
  /// Throws `DataFolderError`.
  explicit DataFolder(std::filesystem::path folder, FolderRule rule = {});
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  /// True where a process has locked the folder now. Takes the lock for a moment where nobody does,
  /// as a reader of it: others may ask at the same time.
  static bool is_locked(const std::filesystem::path& folder) noexcept;

  /// Writes into the lock file where this process can be reached: one line, a URL. Throws
  /// `DataFolderError`.
  void record_address(const std::string& url);

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path database() const { return path_ / "orderflow.db"; }

 private:
  void write_owner(const std::string& text);

  std::filesystem::path path_;
  std::unique_ptr<OwnFile> lock_;
};

}  // namespace orderflow::storage
