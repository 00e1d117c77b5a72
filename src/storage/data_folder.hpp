#pragma once

#include <filesystem>
#include <stdexcept>

namespace orderflow::storage {

/// The folder is in use by another process, or cannot be used; what() says which and why.
class DataFolderError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A node's data folder, held by this process alone for as long as the object lives. The lock is an
/// `flock` on `orderflow.lock`, which the kernel drops when the process dies, however it dies; the
/// file tells the holder's process id. The folder is made with mode 0700 where it is missing.
class DataFolder {
 public:
  explicit DataFolder(std::filesystem::path folder);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path database() const { return path_ / "orderflow.db"; }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace orderflow::storage
