#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>

namespace orderflow::storage {

/// The folder is in use by another process, or cannot be used; what() says which and why.
class DataFolderError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Another process holds the folder.
class DataFolderInUse : public DataFolderError {
 public:
  DataFolderInUse(const std::string& what, std::optional<std::string> url)
      : DataFolderError(what), url_(std::move(url)) {}
  /// Where that process can be asked, if it has told.
  const std::optional<std::string>& url() const noexcept { return url_; }

 private:
  std::optional<std::string> url_;
};

/// A node's data folder, held by this process alone for as long as the object lives. The lock is an
/// `flock` on `orderflow.lock`, which the kernel drops when the process dies, however it dies; the
/// file tells the holder's process id. The folder is made with mode 0700 where it is missing, and
/// a database that others may read or write is closed to them. A restored copy with the log of
/// writes of another database beside it is refused.
class DataFolder {
 public:
  explicit DataFolder(std::filesystem::path folder);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  /// Writes into the lock file where this process can be asked: one line, a URL. Throws
  /// `DataFolderError`.
  void announce(const std::string& url);

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path database() const { return path_ / "orderflow.db"; }

 private:
  void write_holder(const std::string& text);

  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace orderflow::storage
