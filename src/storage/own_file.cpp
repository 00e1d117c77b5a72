#include "storage/own_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace orderflow::storage {

std::string user_text(::uid_t user) {
  return user == 0 ? "root" : "user " + std::to_string(user);
}

std::error_code sync_path(const std::filesystem::path& path) noexcept {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int failed = descriptor < 0 || ::fsync(descriptor) != 0 ? errno : 0;
  if (descriptor >= 0) ::close(descriptor);
  return {failed, std::generic_category()};
}

void sync_folder(const std::filesystem::path& folder) {
  if (const std::error_code failed = sync_path(folder)) {
    throw FileRefused("cannot sync " + folder.string() + ": " + failed.message());
  }
}

OwnFile::OwnFile(int folder, const std::string& name, ::mode_t mode)
    : name_(name),
      descriptor_(::openat(folder, name.c_str(),
                           O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK | O_CLOEXEC,
                           mode)) {
  if (descriptor_ < 0) refuse(errno == ELOOP ? "it is a link" : std::strerror(errno));
  try {
    require_own(mode);
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

OwnFile::~OwnFile() {
  ::close(descriptor_);
}

void OwnFile::require_own(::mode_t mode) const {
  struct stat state {};
  if (::fstat(descriptor_, &state) != 0) refuse(std::strerror(errno));
  if (!S_ISREG(state.st_mode)) refuse("it is not a plain file");
  if (state.st_uid != ::geteuid()) {
    refuse("it belongs to " + user_text(state.st_uid) + ", and this process is of " +
           user_text(::geteuid()));
  }
  if (state.st_nlink > 1) refuse("it has a second name");
  if ((state.st_mode & 07777) != mode && ::fchmod(descriptor_, mode) != 0) {
    refuse(std::strerror(errno));
  }
}

void OwnFile::write(const std::string& text) {
  if (::ftruncate(descriptor_, 0) == 0 &&
      ::pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<::ssize_t>(text.size())) {
    return;
  }
  refuse(std::strerror(errno));
}

void OwnFile::sync() {
  if (::fsync(descriptor_) != 0) refuse(std::strerror(errno));
}

void OwnFile::refuse(const std::string& why) const {
  throw FileRefused("cannot write " + name_ + ": " + why);
}

}  // namespace orderflow::storage
