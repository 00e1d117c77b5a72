#include "storage/data_folder.hpp"

#include "storage/incarnations.hpp"
#include "storage/openings.hpp"
#include "telemetry/log.hpp"

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

constexpr const char* lock_name = "orderflow.lock";

/// What the holder has written: its process id, and where it can be asked.
struct Owner {
  std::string name = "another process";
  std::optional<std::string> url = {};
};

Owner owner_of(int lock) {
  char bytes[512] = {};
  const ssize_t size = pread(lock, bytes, sizeof bytes, 0);
  Owner owner;
  if (size <= 0) return owner;
  const std::string text(bytes, static_cast<std::size_t>(size));
  const std::size_t end = std::min(text.find('\n'), text.size());
  owner.name = "process " + text.substr(0, end);
  if (end + 1 < text.size() && text.back() == '\n') {
    owner.url = text.substr(end + 1, text.size() - end - 2);
  }
  return owner;
}

/// An open folder, so that all that is looked at is in the one that was checked.
class OpenFolder {
 public:
  explicit OpenFolder(const std::filesystem::path& path)
      : path_(path),
        descriptor_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC)) {
    if (descriptor_ < 0) fail("cannot be opened: " + std::string(std::strerror(errno)));
  }
  ~OpenFolder() { ::close(descriptor_); }
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;

  int descriptor() const noexcept { return descriptor_; }

  /// Who has locked the folder, as far as that is known without changing anything in it.
  std::optional<Owner> owner() const {
    const int lock =
        ::openat(descriptor_, lock_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (lock < 0) return std::nullopt;
    std::optional<Owner> owner;
    if (::flock(lock, LOCK_SH | LOCK_NB) != 0) owner = owner_of(lock);
    ::close(lock);
    return owner;
  }

  /// Refuses a folder that is another user's, and closes one that is open to others.
  void close_to_others(FolderRule rule) const {
    struct stat state {};
    if (::fstat(descriptor_, &state) != 0) {
      fail("cannot be looked at: " + std::string(std::strerror(errno)));
    }
    const auto wanted = mode_for_data(state.st_uid, state.st_mode, ::geteuid(), rule);
    if (!wanted) {
      fail("belongs to " + user_text(state.st_uid) + ", and this process is of " +
           user_text(::geteuid()) +
           ". Use the folder's own user, or a folder of this one's. A volume of root's that a group"
           " may write to needs node.groupWritableData");
    }
    if (*wanted == (state.st_mode & 07777)) return;
    if (::fchmod(descriptor_, *wanted) != 0) {
      fail("is open to others, and cannot be closed to them: " + std::string(std::strerror(errno)));
    }
    telemetry::log("storage").warn(
        "the data folder was open to others and is closed to them folder=\"{}\" before={:o} "
        "now={:o}",
        path_.string(), state.st_mode & 07777, *wanted);
  }

  /// The same for a file in it, such as a database that was copied here; one that is missing is
  /// fine. A link counts as what it leads to, where this user has made it.
  void close_to_others(const std::string& file) const {
    const std::string name = path_ / file;
    const auto state_of = [&](int flags) {
      struct stat state {};
      if (::fstatat(descriptor_, file.c_str(), &state, flags) == 0) return std::optional(state);
      if (errno == ENOENT) return std::optional<struct stat>{};
      throw DataFolderError(name + " cannot be looked at: " + std::strerror(errno));
    };
    const auto itself = state_of(AT_SYMLINK_NOFOLLOW);
    if (!itself) return;
    const auto state = S_ISLNK(itself->st_mode) ? state_of(0) : itself;
    for (const auto& owned : {itself, state}) {
      if (!owned || owned->st_uid == ::geteuid()) continue;
      throw DataFolderError(name + " belongs to " + user_text(owned->st_uid) +
                            ", and this process is of " + user_text(::geteuid()));
    }
    if (!state) return;
    if (!S_ISREG(state->st_mode)) throw DataFolderError(name + " is not a plain file");
    if ((state->st_mode & 077) == 0) return;
    if (::fchmodat(descriptor_, file.c_str(), state->st_mode & 0700, 0) != 0) {
      throw DataFolderError(
          name + " is open to others, and cannot be closed to them: " + std::strerror(errno));
    }
    telemetry::log("storage").warn(
        "a file of the database was open to others and is closed to them file=\"{}\"", name);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw DataFolderError("the data folder " + path_.string() + " " + why);
  }

  const std::filesystem::path& path_;
  const int descriptor_;
};

[[noreturn]] void refuse_locked(const std::filesystem::path& path, const Owner& owner) {
  throw DataFolderInUse("the data folder " + path.string() + " is in use by " + owner.name +
                            ". Stop it first, or choose another folder with --data",
                        owner.url);
}

void make_folder(const std::filesystem::path& path) {
  std::error_code failed;
  const bool made = std::filesystem::create_directories(path, failed);
  if (failed) {
    throw DataFolderError("cannot make the data folder " + path.string() + ": " + failed.message());
  }
  if (made) ::chmod(path.c_str(), 0700);
}

void refuse_foreign_log(const std::filesystem::path& database) {
  try {
    require_own_wal(database);
  } catch (const ForeignWal& e) {
    throw DataFolderError(e.what());
  }
}

}  // namespace

DataFolder::DataFolder(std::filesystem::path folder, FolderRule rule) : path_(std::move(folder)) {
  make_folder(path_);
  const OpenFolder opened(path_);
  // An administrator finds the node that runs as a user of its own.
  if (::geteuid() == 0) {
    if (const auto owner = opened.owner()) refuse_locked(path_, *owner);
  }
  opened.close_to_others(rule);
  try {
    lock_ = std::make_unique<OwnFile>(opened.descriptor(), lock_name, 0600);
  } catch (const FileRefused& refused) {
    throw DataFolderError("the data folder " + path_.string() +
                          " cannot be locked: " + refused.what());
  }
  if (::flock(lock_->descriptor(), LOCK_EX | LOCK_NB) != 0) {
    refuse_locked(path_, owner_of(lock_->descriptor()));
  }
  write_owner(std::to_string(::getpid()) + "\n");
  for (const char* suffix : {"", "-wal", "-shm", "-openings"})
    opened.close_to_others(database().filename().string() + suffix);
  refuse_foreign_log(database());
  try {
    prepare_opening(database());
  } catch (const FileRefused& refused) {
    throw DataFolderError("the data folder " + path_.string() + ": " + refused.what());
  }
}

bool DataFolder::is_locked(const std::filesystem::path& folder) noexcept {
  try {
    return OpenFolder(folder.empty() ? "." : folder).owner().has_value();
  } catch (const std::exception&) {
    return false;  // nobody holds what cannot be opened
  }
}

DataFolder::~DataFolder() = default;

void DataFolder::record_address(const std::string& url) {
  write_owner(std::to_string(::getpid()) + "\n" + url + "\n");
}

void DataFolder::write_owner(const std::string& text) {
  try {
    lock_->write(text);
  } catch (const FileRefused& refused) {
    throw DataFolderError("the data folder " + path_.string() + ": " + refused.what());
  }
}

}  // namespace orderflow::storage
