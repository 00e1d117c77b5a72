#pragma once

#include <sys/types.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace orderflow::storage {

/// A file cannot be used: it is a link, another user's or not a plain file, or it cannot be opened;
/// what() names it and the reason.
class FileRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Whom files of this process must belong to, for messages: "user 998".
std::string user_text(::uid_t user);

/// Returns when what `path` holds is on disk: a file's content, or the names in a folder. Set: what
/// went wrong; it is not tried again.
std::error_code sync_path(const std::filesystem::path& path) noexcept;

/// Returns when the names in `folder` are on disk. Throws `FileRefused`.
void sync_folder(const std::filesystem::path& folder);

/// A file that nobody else can have put in place of another: opened without following a link, a
/// plain file of this user's that has no second name. Whoever could write to its folder could
/// otherwise lead what is written here to any file of this user's. Closes itself.
class OwnFile {
 public:
  /// Opens `name` for reading and writing, and makes it where it is missing. `folder` is an open
  /// folder, or AT_FDCWD; `mode` is what the file has then, whatever the umask. Nothing of a file
  /// that is refused is changed. Throws `FileRefused`.
  OwnFile(int folder, const std::string& name, ::mode_t mode);
  ~OwnFile();
  OwnFile(const OwnFile&) = delete;
  OwnFile& operator=(const OwnFile&) = delete;

  int descriptor() const noexcept { return descriptor_; }

  /// Makes `text` the whole content. Throws `FileRefused`.
  void write(const std::string& text);

  /// Returns when what was written is on disk. Throws `FileRefused`.
  void sync();

 private:
  [[noreturn]] void refuse(const std::string& why) const;
  void require_own(::mode_t mode) const;

  const std::string name_;
  const int descriptor_;
};

}  // namespace orderflow::storage
