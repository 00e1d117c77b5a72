#include "storage/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace orderflow::storage {
namespace {

std::string holder_of(int lock) {
  char text[32] = {};
  const ssize_t size = pread(lock, text, sizeof text - 1, 0);
  if (size <= 0) return "another process";
  std::string pid(text, static_cast<std::size_t>(size));
  while (!pid.empty() && pid.back() == '\n')
    pid.pop_back();
  return "process " + pid;
}

}  // namespace

DataFolder::DataFolder(std::filesystem::path folder) : path_(std::move(folder)) {
  std::error_code failed;
  const bool made = std::filesystem::create_directories(path_, failed);
  if (failed) {
    throw DataFolderError("cannot make the data folder " + path_.string() + ": " +
                          failed.message());
  }
  if (made) ::chmod(path_.c_str(), 0700);
  const auto lock_file = path_ / "orderflow.lock";
  lock_ = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ < 0) {
    throw DataFolderError("cannot write in the data folder " + path_.string() + ": " +
                          std::strerror(errno));
  }
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = holder_of(lock_);
    ::close(lock_);
    throw DataFolderError("the data folder " + path_.string() + " is in use by " + holder +
                          ". Stop it first, or choose another folder with --data");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock_, 0) != 0 ||
      ::pwrite(lock_, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
    const std::string reason = std::strerror(errno);
    ::close(lock_);
    throw DataFolderError("cannot write in the data folder " + path_.string() + ": " + reason);
  }
}

DataFolder::~DataFolder() {
  ::close(lock_);
}

}  // namespace orderflow::storage
