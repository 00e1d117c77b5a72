#include "storage/connection.hpp"

#include "core/c_border.hpp"
#include "core/invariant.hpp"
#include "storage/error.hpp"
#include "storage/ownership.hpp"
#include "storage/page_cache.hpp"
#include "storage/sync_guard.hpp"
#include "storage/wal_batching.hpp"
#include "storage/wal_renewal.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <unordered_map>

namespace orderflow::storage {
namespace {

struct CacheKey {
  std::string owner;
  std::string sql;
};

struct CacheKeyView {
  std::string_view owner;
  std::string_view sql;
};

/// Three parts of a statement and its length: some two hundred are to be distinguished, at every
/// query.
struct CacheHash {
  using is_transparent = void;
  std::size_t operator()(const CacheKeyView& key) const noexcept {
    std::size_t mixed = key.sql.size() * 31 + key.owner.size();
    const std::size_t last = key.sql.size() - std::min<std::size_t>(key.sql.size(), 8);
    for (const std::size_t offset : {last / 2, last * 3 / 4, last}) {
      std::uint64_t part = 0;
      std::memcpy(&part, key.sql.data() + offset, std::min<std::size_t>(key.sql.size(), 8));
      mixed = (mixed ^ part) * 0x9e3779b97f4a7c15U;
    }
    return mixed ^ (mixed >> 32);
  }
  std::size_t operator()(const CacheKey& key) const noexcept {
    return (*this)(CacheKeyView{key.owner, key.sql});
  }
};

struct CacheEqual {
  using is_transparent = void;
  template <class A, class B>
  bool operator()(const A& a, const B& b) const noexcept {
    return a.sql == b.sql && a.owner == b.owner;
  }
};

/// A file's name as SQLite reads it in a URI (sqlite.org/uri.html).
std::string unchanging_uri(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(file).string()) {
    if (c == '?' || c == '#' || c == '%') {
      char escaped[4];
      std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned char>(c));
      uri += escaped;
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

int open_flags(Connection::Mode mode) noexcept {
  const int common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (mode) {
    case Connection::Mode::read_write:
      return common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Connection::Mode::read_only:
      return common | SQLITE_OPEN_READONLY;
    case Connection::Mode::unchanging:
      break;
  }
  return common | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
}

/// SQLite need not count what it allocates: nobody asks, and a lock around each count is a tenth of
/// a commit. Has no effect where SQLite was used before.
void leave_memory_uncounted() {
  static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(once);
}

/// Open from the first time that the database is read; null where that is in memory.
sqlite3_file* write_ahead_log(sqlite3* connection) {
  sqlite3_file* log = nullptr;
  const int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (code != SQLITE_OK) throw_error(connection, code, "find the write-ahead log");
  return log == nullptr || log->pMethods == nullptr ? nullptr : log;
}

sqlite3_file& database_file(sqlite3* connection) {
  sqlite3_file* file = nullptr;
  const int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code != SQLITE_OK) throw_error(connection, code, "find the database file");
  return *file;
}

constexpr int steps_at_once = 1'000;

int add_steps(void* steps) noexcept {
  static_cast<std::atomic<std::uint64_t>*>(steps)->fetch_add(steps_at_once,
                                                             std::memory_order_relaxed);
  return 0;
}

}  // namespace

struct Connection::Cache {
  std::unordered_map<CacheKey, Statement, CacheHash, CacheEqual> statements;
};

struct Connection::Access {
  Ownership ownership;
};

Rows::Rows(Connection& connection, std::string_view owner, Statement& statement,
           std::unique_ptr<Statement> own) noexcept
    : connection_(&connection), owner_(owner), statement_(&statement), own_(std::move(own)) {
  core::invariant(!statement_->in_use, "a statement is lent out twice");
  statement_->in_use = true;
}

Rows::Rows(Rows&& other) noexcept
    : connection_(other.connection_),
      owner_(other.owner_),
      statement_(std::exchange(other.statement_, nullptr)),
      own_(std::move(other.own_)) {}

Rows::~Rows() {
  if (statement_ == nullptr) return;
  statement_->reset();
  statement_->in_use = false;
}

bool Rows::next() {
  return connection_->step(owner_, *statement_);
}

std::string Rows::to_text(int column) const {
  return statement_->is_blob(column) ? get<core::Uuid>(column).to_string()
                                     : get<std::string>(column);
}

Connection::Connection(const std::filesystem::path& file, Mode mode)
    : access_(std::make_unique<Access>()), cache_(std::make_unique<Cache>()) {
  leave_memory_uncounted();
  install_page_cache();
  const std::string name = mode == Mode::unchanging ? unchanging_uri(file) : file.string();
  const int code = sqlite3_open_v2(name.c_str(), &connection_, open_flags(mode), nullptr);
  try {
    if (code != SQLITE_OK) throw_error(connection_, code, "open " + file.string());
    configure(mode);
    sqlite3_set_authorizer(connection_, core::never_throws(&Ownership::authorize),
                           &access_->ownership);
  } catch (...) {
    sqlite3_close_v2(connection_);
    throw;
  }
}

Connection::~Connection() {
  cache_.reset();
  sqlite3_close_v2(connection_);
}

void Connection::configure(Mode mode) {
  // Nobody else writes; a reader may wait for a moment while the WAL index is recovered.
  sqlite3_busy_timeout(connection_, 5'000);
  // Only the writer may checkpoint: two connections that checkpoint and commit at the same moment
  // can corrupt the file (sqlite.org/wal.html#walresetbug). And the writer only what it knows to be
  // on disk, or a part of the log that comes back after a power loss is older than the file.
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  if (mode != Mode::read_write) {
    run("PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384");
    return;
  }
  run("PRAGMA auto_vacuum=INCREMENTAL;"
      "PRAGMA journal_mode=WAL;"
      "PRAGMA synchronous=FULL;"
      "PRAGMA foreign_keys=ON;"
      "PRAGMA trusted_schema=OFF;"
      "PRAGMA temp_store=MEMORY;"
      "PRAGMA cache_size=-32768;"
      "PRAGMA wal_autocheckpoint=4000;"
      "PRAGMA journal_size_limit=-1;"
      "SELECT count(*) FROM sqlite_schema");
  if (sqlite3_file* const log = write_ahead_log(connection_)) {
    renew_wal(*log);
    wal_ = std::make_unique<WalBatching>(*log);
    sync_guard_ = std::make_unique<SyncGuard>(database_file(connection_), *wal_);
  }
  sqlite3_db_config(connection_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

void Connection::run(const char* sql) {
  const Ownership::As core(access_->ownership, Ownership::storage_layer);
  const int code = sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_error(connection_, code, sql);
}

void Connection::run_migration(std::string_view owner, const std::string& script,
                               std::span<const std::string> readable) {
  const Ownership::As migrating(access_->ownership, owner, Ownership::Right::define, readable);
  const int code = sqlite3_exec(connection_, script.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_error(connection_, code, "migration of " + std::string(owner));
}

bool Connection::has_table(std::string_view name) {
  return session(Ownership::storage_layer)
      .query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", name)
      .next();
}

void Connection::count_steps(std::atomic<std::uint64_t>& steps) noexcept {
  sqlite3_progress_handler(connection_, steps_at_once, core::never_throws(add_steps), &steps);
}

std::uint64_t Connection::log_bytes() const noexcept {
  return wal_ ? wal_->bytes_used() : 0;
}

void Connection::look_at_log() noexcept {
  if (wal_) wal_->look();
}

bool Connection::in_transaction() const noexcept {
  return sqlite3_get_autocommit(connection_) == 0;
}

std::pair<Statement*, std::unique_ptr<Statement>> Connection::lend(std::string_view owner,
                                                                   std::string_view sql) {
  const auto found = cache_->statements.find(CacheKeyView{owner, sql});
  if (found != cache_->statements.end() && !found->second.in_use) return {&found->second, nullptr};

  const Ownership::As preparing(access_->ownership, owner);
  if (found != cache_->statements.end()) {
    auto own = std::make_unique<Statement>(connection_, sql, false);
    Statement* statement = own.get();
    return {statement, std::move(own)};
  }
  Statement prepared(connection_, sql, true);
  const auto added = cache_->statements.emplace(CacheKey{std::string(owner), std::string(sql)},
                                                std::move(prepared));
  return {&added.first->second, nullptr};
}

bool Connection::step(std::string_view owner, Statement& statement) {
  // A step prepares again after a schema change, and then asks the authorizer again.
  const Ownership::As stepping(access_->ownership, owner);
  return statement.step();
}

std::int64_t Connection::changes() const noexcept {
  return sqlite3_changes64(connection_);
}

}  // namespace orderflow::storage
