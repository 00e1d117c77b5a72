#include "storage/backups.hpp"

#include "storage/error.hpp"
#include "storage/incarnations.hpp"
#include "storage/own_file.hpp"
#include "storage/ownership.hpp"
#include "telemetry/log.hpp"

#include <sqlite3.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <future>
#include <memory>
#include <system_error>
#include <utility>

namespace orderflow::storage {
namespace {

namespace fs = std::filesystem;
using Reason = BackupError::Reason;

constexpr std::string_view prefix = "orderflow-";
constexpr std::string_view suffix = ".db";
constexpr std::string_view partial_suffix = ".partial";

void sync(const fs::path& path) {
  const std::error_code failed = sync_path(path);
  if (!failed) return;
  const bool is_full = failed == std::errc::no_space_on_device || failed.value() == EDQUOT;
  throw BackupError(is_full ? Reason::no_space : Reason::failed,
                    "cannot sync " + path.string() + ": " + failed.message());
}

/// "20260301T123000.123456Z": names order as their times do.
std::string time_text(core::Timestamp time) {
  std::string text = core::to_rfc3339(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::optional<core::Timestamp> parse_time(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, fraction = 0, length = 0;
  if (std::sscanf(text.c_str(), "%4d%2d%2dT%2d%2d%2d.%6dZ%n", &year, &month, &day, &hour, &minute,
                  &second, &fraction, &length) != 7 ||
      length != static_cast<int>(text.size())) {
    return std::nullopt;
  }
  using namespace std::chrono;
  const year_month_day date{std::chrono::year{year},
                            std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return sys_days{date} + hours{hour} + minutes{minute} + seconds{second} + microseconds{fraction};
}

std::optional<Backup> backup_at(const fs::path& file) {
  const std::string name = file.filename().string();
  if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
  const std::string stamp = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
  const std::size_t dash = stamp.find('-');
  if (dash == std::string::npos) return std::nullopt;
  const auto made_at = parse_time(stamp.substr(0, dash));
  std::int64_t newest = 0;
  const char* end = stamp.data() + stamp.size();
  const auto parsed = std::from_chars(stamp.data() + dash + 1, end, newest);
  std::error_code gone;
  const auto bytes = fs::file_size(file, gone);
  if (!made_at || parsed.ec != std::errc{} || parsed.ptr != end || gone) return std::nullopt;
  return Backup{file, bytes, *made_at, newest};
}

void require_sound_copy(Connection& copy, const fs::path& file) {
  auto rows = copy.session(Ownership::storage_layer).query("PRAGMA quick_check(1)");
  const std::string result = rows.next() ? rows.get<std::string>(0) : "no answer";
  if (result == "ok") return;
  throw BackupError(Reason::failed, "the copy " + file.string() + " is damaged: " + result);
}

void remove_quietly(const fs::path& file) noexcept {
  std::error_code ignored;
  fs::remove(file, ignored);
}

}  // namespace

Backup finish_backup(const fs::path& partial, core::Timestamp made_at,
                     const std::function<std::int64_t(Connection& copy)>& newest_event) {
  try {
    Backup backup{.file = {}, .bytes = 0, .made_at = made_at, .newest_event = 0};
    {
      Connection copy(partial, Connection::Mode::unchanging);
      require_sound_copy(copy, partial);
      backup.newest_event = newest_event(copy);
    }
    mark_as_copy(partial);
    sync(partial);
    do {
      backup.file =
          partial.parent_path() / (std::string(prefix) + time_text(backup.made_at) + "-" +
                                   std::to_string(backup.newest_event) + std::string(suffix));
      backup.made_at += core::Duration{1};
    } while (fs::exists(backup.file));
    backup.made_at -= core::Duration{1};
    fs::rename(partial, backup.file);
    sync(partial.parent_path());
    backup.bytes = fs::file_size(backup.file);
    return backup;
  } catch (const BackupError&) {
    remove_quietly(partial);
    throw;
  } catch (const Error& e) {
    remove_quietly(partial);
    throw BackupError((e.code() & 0xff) == SQLITE_FULL ? Reason::no_space : Reason::failed,
                      e.what());
  } catch (const std::exception& e) {
    remove_quietly(partial);
    throw BackupError(Reason::failed, e.what());
  }
}

Backups::Backups(fs::path folder, std::size_t kept_max, const core::Clock& clock,
                 NewestEvent newest_event)
    : folder_(std::move(folder)),
      kept_max_(std::max<std::size_t>(kept_max, 1)),
      clock_(clock),
      newest_event_(std::move(newest_event)) {
  remove_partial_files();
}

Backups::~Backups() {
  stop();
}

void Backups::stop() noexcept {
  if (thread_.joinable()) thread_.join();
}

void Backups::start(Writer& writer, Done done) {
  const std::lock_guard lock(mutex_);
  if (running_) throw BackupRunning("a backup is being made already");
  stop();
  make_folder();
  const fs::path partial =
      folder_ / (std::string(prefix) + time_text(clock_.now()) + std::string(partial_suffix));
  auto copied = std::make_shared<std::promise<void>>();
  auto task = std::make_unique<DatabaseCopy>(
      partial,
      [copied](const std::exception_ptr& error) {
        error ? copied->set_exception(error) : copied->set_value();
      },
      DatabaseCopy::pages_a_step_default,
      [this](int pages_copied, int pages) {
        pages_copied_ = pages_copied;
        pages_ = pages;
      });
  pages_copied_ = 0;
  pages_ = 0;
  try {
    writer.run_between_batches(std::move(task));
  } catch (...) {
    remove_quietly(partial);
    throw;
  }
  running_ = true;
  thread_ = std::thread([this, partial, copied, done = std::move(done)] {
    run(
        partial, [copied] { copied->get_future().get(); }, done);
  });
}

void Backups::run(fs::path partial, std::function<void()> wait_for_copy, const Done& done) {
  std::exception_ptr error;
  Backup backup;
  try {
    wait_for_copy();
    backup = finish_backup(partial, clock_.now(), newest_event_);
    remove_old(backup);
    telemetry::log("storage").info("backup made file={} bytes={} newest_event={}",
                                   backup.file.string(), backup.bytes, backup.newest_event);
  } catch (const std::exception& e) {
    error = std::current_exception();
    remove_quietly(partial);
    telemetry::log("storage").error("backup failed error=\"{}\"", e.what());
  }
  {
    // Before the answer, so that its caller can ask for the next one at once.
    const std::lock_guard lock(mutex_);
    running_ = false;
  }
  done(std::move(error), std::move(backup));
}

std::optional<BackupProgress> Backups::progress() const {
  const std::lock_guard lock(mutex_);
  if (!running_) return std::nullopt;
  return BackupProgress{.pages = pages_, .copied = pages_copied_};
}

std::vector<Backup> Backups::list() const {
  std::vector<Backup> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_, none)) {
    if (auto backup = backup_at(entry.path())) found.push_back(std::move(*backup));
  }
  std::ranges::sort(found, std::ranges::greater{}, [](const Backup& backup) {
    return std::pair(backup.made_at, backup.newest_event);
  });
  return found;
}

void Backups::make_folder() const {
  std::error_code failed;
  const bool made = fs::create_directories(folder_, failed);
  if (failed) {
    const bool full = failed == std::errc::no_space_on_device;
    throw BackupError(full ? Reason::no_space : Reason::failed,
                      "cannot make " + folder_.string() + ": " + failed.message());
  }
  if (!made) return;
  ::chmod(folder_.c_str(), 0700);
  sync(folder_.parent_path());
}

void Backups::remove_partial_files() const noexcept {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder_, none)) {
    const std::string name = entry.path().filename().string();
    // SQLite may leave files of its own beside one that was being written.
    if (name.find(partial_suffix) == std::string::npos || !name.starts_with(prefix)) continue;
    telemetry::log("storage").info("unfinished backup removed file={}", entry.path().string());
    remove_quietly(entry.path());
  }
}

void Backups::remove_old(const Backup& made) const {
  std::size_t kept = 1;
  for (const Backup& backup : list()) {
    if (backup.file == made.file || kept++ < kept_max_) continue;
    remove_quietly(backup.file);
  }
}

}  // namespace orderflow::storage
