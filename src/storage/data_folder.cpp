#include "storage/data_folder.hpp"

#include "storage/lives.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace orderflow::storage {
namespace {

/// What the holder has written: its process id, and where it can be asked.
struct Holder {
  std::string name = "another process";
  std::optional<std::string> url = {};
};

Holder holder_of(int lock) {
  char bytes[512] = {};
  const ssize_t size = pread(lock, bytes, sizeof bytes, 0);
  Holder holder;
  if (size <= 0) return holder;
  const std::string text(bytes, static_cast<std::size_t>(size));
  const std::size_t end = std::min(text.find('\n'), text.size());
  holder.name = "process " + text.substr(0, end);
  if (end + 1 < text.size() && text.back() == '\n') {
    holder.url = text.substr(end + 1, text.size() - end - 2);
  }
  return holder;
}

/// Takes away what group and others may do with the files of a database, such as one that was
/// copied here.
void close_to_others(const std::filesystem::path& database) {
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string file = database.string() + suffix;
    struct stat state {};
    if (::stat(file.c_str(), &state) != 0 || (state.st_mode & 077) == 0) continue;
    if (::chmod(file.c_str(), state.st_mode & 0700) == 0) continue;
    throw DataFolderError(
        file + " is open to others, and cannot be closed to them: " + std::strerror(errno));
  }
}

void refuse_foreign_log(const std::filesystem::path& database) {
  try {
    require_own_log(database);
  } catch (const ForeignLog& e) {
    throw DataFolderError(e.what());
  }
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
    const Holder holder = holder_of(lock_);
    ::close(lock_);
    throw DataFolderInUse("the data folder " + path_.string() + " is in use by " + holder.name +
                              ". Stop it first, or choose another folder with --data",
                          holder.url);
  }
  try {
    write_holder(std::to_string(::getpid()) + "\n");
    close_to_others(database());
    refuse_foreign_log(database());
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

void DataFolder::announce(const std::string& url) {
  write_holder(std::to_string(::getpid()) + "\n" + url + "\n");
}

void DataFolder::write_holder(const std::string& text) {
  if (::ftruncate(lock_, 0) == 0 &&
      ::pwrite(lock_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size())) {
    return;
  }
  throw DataFolderError("cannot write in the data folder " + path_.string() + ": " +
                        std::strerror(errno));
}

DataFolder::~DataFolder() {
  ::close(lock_);
}

}  // namespace orderflow::storage
