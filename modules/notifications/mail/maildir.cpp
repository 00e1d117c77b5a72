#include "mail/maildir.hpp"

#include "storage/own_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

namespace orderflow::notifications {
namespace {

namespace fs = std::filesystem;

#ifdef __linux__
/// Up to here fdatasync for each costs no more than syncfs for all.
constexpr std::size_t synced_singly_max = 2;

int sync_file(int file) noexcept {
  return ::fdatasync(file);
}

int sync_all(int folder) noexcept {
  return ::syncfs(folder);
}
#else
/// POSIX has no sync of all that tells how it went.
constexpr std::size_t synced_singly_max = std::numeric_limits<std::size_t>::max();

int sync_file(int file) noexcept {
  return ::fsync(file);
}

int sync_all(int /*folder*/) noexcept {
  return 0;
}
#endif

constexpr std::string_view temporary_suffix = ".part";

std::string reason() {
  return std::strerror(errno);
}

std::string random_prefix() {
  std::random_device random;
  return std::to_string(random()) + std::to_string(random()) + '.';
}

int open_folder(const std::filesystem::path& folder) noexcept {
  return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void sync_folder(const std::filesystem::path& path) {
  if (const std::error_code failed = storage::sync_path(path)) {
    throw MaildirError("cannot synchronise the folder " + path.string() + ": " + failed.message());
  }
}

bool write_all(int file, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool write_file(int folder, const std::string& name, std::string_view bytes, bool sync) noexcept {
  Descriptor file(::openat(folder, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  return file.is_open() && write_all(file.number(), bytes) &&
         (!sync || sync_file(file.number()) == 0) && file.close();
}

void fail_all(std::span<MailFile> mails, const std::string& error) {
  for (MailFile& mail : mails) {
    if (mail.error.empty()) mail.error = error;
  }
}

}  // namespace

Maildir::Maildir(std::filesystem::path folder)
    : folder_(std::move(folder)),
      own_prefix_(random_prefix()),
      in_use_((make_folders(), open_folder(folder_))) {
  if (!in_use_.is_open()) {
    throw MaildirError("cannot open the mail folder " + folder_.string() + ": " + reason());
  }
  if (::flock(in_use_.number(), LOCK_EX | LOCK_NB) == 0) remove_leftovers();
  if (::flock(in_use_.number(), LOCK_SH) != 0) {
    throw MaildirError("cannot lock the mail folder " + folder_.string() + ": " + reason());
  }
}

void Maildir::make_folders() const {
  bool made = false;
  for (const auto& path : {folder_, folder_ / "tmp", folder_ / "new", folder_ / "cur"}) {
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed)) continue;
    std::filesystem::create_directories(path, failed);
    if (failed) {
      throw MaildirError("cannot make the mail folder " + path.string() + ": " + failed.message());
    }
    ::chmod(path.c_str(), 0700);
    made = true;
  }
  if (!made) return;
  sync_folder(folder_);
  sync_folder(std::filesystem::absolute(folder_).parent_path());
}

void Maildir::remove_leftovers() const {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "tmp", failed)) {
    // Mail programs that share the folder have files of their own there.
    if (entry.path().extension() == temporary_suffix) ::unlink(entry.path().c_str());
  }
}

std::vector<std::string> Maildir::write(std::span<MailFile> mails, int temporary) {
  const bool singly = mails.size() <= synced_singly_max;
  std::vector<std::string> names(mails.size());
  for (std::size_t i = 0; i < mails.size(); ++i) {
    names[i] = own_prefix_ + std::to_string(written_++) + std::string(temporary_suffix);
    if (!write_file(temporary, names[i], mails[i].bytes, singly)) {
      mails[i].error = "cannot write a mail file: " + reason();
    }
  }
  if (!singly && sync_all(temporary) != 0) {
    fail_all(mails, "cannot synchronise the mail folder: " + reason());
  }
  return names;
}

void Maildir::store(std::span<MailFile> mails) {
  try {
    make_folders();
  } catch (const MaildirError& e) {
    return fail_all(mails, e.what());
  }
  const Descriptor temporary(open_folder(folder_ / "tmp"));
  const Descriptor finished(open_folder(folder_ / "new"));
  if (!temporary.is_open() || !finished.is_open()) {
    return fail_all(mails, "cannot open the mail folder " + folder_.string() + ": " + reason());
  }

  const std::vector<std::string> names = write(mails, temporary.number());
  for (std::size_t i = 0; i < mails.size(); ++i) {
    MailFile& mail = mails[i];
    if (mail.error.empty() && ::renameat(temporary.number(), names[i].c_str(), finished.number(),
                                         mail.name.c_str()) != 0) {
      mail.error = "cannot move a mail file to new: " + reason();
    }
    if (!mail.error.empty()) ::unlinkat(temporary.number(), names[i].c_str(), 0);
  }
  if (::fsync(finished.number()) != 0) {
    fail_all(mails, "cannot synchronise the mail folder: " + reason());
  }
}

std::size_t Maildir::remove_old(const MailBound& bound, fs::file_time_type now) const {
  struct Kept {
    fs::file_time_type written;
    fs::path file;
  };
  std::vector<Kept> mails;
  std::error_code failed;
  for (const char* part : {"new", "cur"}) {
    for (const auto& entry : fs::directory_iterator(folder_ / part, failed)) {
      const auto written = entry.last_write_time(failed);
      if (!failed && entry.is_regular_file(failed)) mails.push_back({written, entry.path()});
    }
  }
  std::ranges::sort(mails, {}, &Kept::written);
  const bool all = bound.letters_max == 0 || mails.size() <= bound.letters_max;
  const std::size_t too_many = all ? 0 : mails.size() - bound.letters_max;
  std::size_t removed = 0;
  for (const Kept& mail : mails) {
    const bool is_old = bound.age_max.count() > 0 && mail.written < now - bound.age_max;
    if (removed >= too_many && !is_old) break;
    ::unlink(mail.file.c_str());
    ++removed;
  }
  return removed;
}

}  // namespace orderflow::notifications
