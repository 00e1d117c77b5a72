#include "storage/database_copy.hpp"

#include "storage/ownership.hpp"

#include <sqlite3.h>

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

namespace orderflow::storage {
namespace {

using Reason = BackupError::Reason;

void make_private_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    const int error = errno;
    throw BackupError(error == ENOSPC || error == EDQUOT ? Reason::no_space : Reason::failed,
                      "cannot make " + file.string() + ": " + std::strerror(error));
  }
  ::close(descriptor);
}

std::uint64_t bytes_of(Connection& source) {
  const auto number = [&](std::string_view pragma) {
    auto rows = source.session(Ownership::storage_layer).query(pragma);
    rows.next();
    return rows.get<std::uint64_t>(0);
  };
  return number("PRAGMA page_count") * number("PRAGMA page_size");
}

/// The node writes on the same disk, most often: what a copy would take from it is asked for first.
void require_space(const std::filesystem::path& file, std::uint64_t bytes) {
  struct statvfs disk {};
  if (::statvfs(file.parent_path().c_str(), &disk) != 0) return;
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (free >= bytes + bytes / 8) return;
  throw BackupError(Reason::no_space, "a copy of " + std::to_string(bytes) +
                                          " bytes does not fit: " + std::to_string(free) +
                                          " bytes are free in " + file.parent_path().string());
}

[[noreturn]] void fail(const std::filesystem::path& file, int code) {
  throw BackupError((code & 0xff) == SQLITE_FULL ? Reason::no_space : Reason::failed,
                    "cannot write " + file.string() + ": " + sqlite3_errstr(code));
}

}  // namespace

DatabaseCopy::DatabaseCopy(std::filesystem::path file, Done done, int pages_a_step,
                           Progress progress)
    : file_(std::move(file)),
      done_(std::move(done)),
      progress_(std::move(progress)),
      pages_a_step_(pages_a_step) {
  make_private_file(file_);
  const int opened =
      sqlite3_open_v2(file_.c_str(), &target_,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  // A copy that is interrupted is thrown away, so that it needs no journal; and a sync here would
  // hold up the writer.
  const int configured =
      opened == SQLITE_OK ? sqlite3_exec(target_, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF",
                                         nullptr, nullptr, nullptr)
                          : opened;
  if (configured == SQLITE_OK) return;
  close();
  fail(file_, configured);
}

DatabaseCopy::~DatabaseCopy() {
  close();
}

void DatabaseCopy::begin(Connection& source) {
  require_space(file_, bytes_of(source));
  backup_ = sqlite3_backup_init(target_, "main", source.handle(), "main");
  if (backup_ == nullptr) fail(file_, sqlite3_extended_errcode(target_));
}

bool DatabaseCopy::step(Connection& source) {
  if (backup_ == nullptr) begin(source);
  const int code = sqlite3_backup_step(backup_, pages_a_step_);
  if (progress_) {
    const int pages = sqlite3_backup_pagecount(backup_);
    progress_(pages - sqlite3_backup_remaining(backup_), pages);
  }
  if (code == SQLITE_OK) return true;
  close();
  if (code != SQLITE_DONE) fail(file_, code);
  std::exchange(done_, nullptr)(nullptr);
  return false;
}

void DatabaseCopy::abandon(const std::string& reason) noexcept {
  close();
  const Done done = std::exchange(done_, nullptr);
  if (!done) return;
  std::exception_ptr error = std::current_exception();
  if (!error) error = std::make_exception_ptr(BackupError(Reason::failed, reason));
  done(std::move(error));
}

void DatabaseCopy::close() noexcept {
  sqlite3_backup_finish(std::exchange(backup_, nullptr));
  sqlite3_close_v2(std::exchange(target_, nullptr));
}

}  // namespace orderflow::storage
