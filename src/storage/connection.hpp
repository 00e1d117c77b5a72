#pragma once

#include "storage/statement.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sqlite3;

namespace orderflow::storage {

class Connection;
class SyncGuard;
class WalBatching;

/// The rows of a running query. Resets the statement when it goes; keep it short-lived, for an
/// unfinished reader holds back the WAL.
///
///     auto rows = session.query("SELECT id, total FROM orders_order WHERE user_id = ?1", user);
///     while (rows.next()) use(rows.get<core::Uuid>(0), rows.get<std::int64_t>(1));
class Rows {
 public:
  Rows(Connection& connection, std::string_view owner, Statement& statement,
       std::unique_ptr<Statement> own) noexcept;
  Rows(Rows&& other) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  /// Goes to the next row; false after the last one.
  bool next();

  /// The value of a column, from 0: integers, bool, double, std::string, std::string_view (valid
  /// until the next row), core::Uuid, core::Timestamp, or an optional of these (null is nothing).
  template <class T>
  T get(int column) const {
    if constexpr (std::is_same_v<T, bool>) {
      return statement_->integer(column) != 0;
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(statement_->integer(column));
    } else if constexpr (std::is_floating_point_v<T>) {
      return statement_->real(column);
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
      return T(statement_->text(column));
    } else if constexpr (std::is_same_v<T, core::Uuid>) {
      return statement_->uuid(column);
    } else if constexpr (std::is_same_v<T, core::Timestamp>) {
      return core::from_micros(statement_->integer(column));
    } else {
      if (statement_->is_null(column)) return std::nullopt;
      return get<typename T::value_type>(column);
    }
  }

  /// The value as people read it: an identifier as UUIDs are written, text as it is.
  std::string to_text(int column) const;

  bool is_null(int column) const noexcept { return statement_->is_null(column); }
  int column_count() const noexcept { return statement_->column_count(); }
  std::string_view column_name(int column) const noexcept {
    return statement_->column_name(column);
  }

 private:
  Connection* connection_;
  std::string_view owner_;
  Statement* statement_;
  std::unique_ptr<Statement> own_;
};

/// What `read(const Rows&)` makes of the first row; nothing where there is none.
template <class Read>
auto read_first(Rows rows, Read read) -> std::optional<decltype(read(rows))> {
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

/// What it makes of every row. The query bounds their number.
template <class Read>
auto read_all(Rows rows, Read read) -> std::vector<decltype(read(rows))> {
  std::vector<decltype(read(rows))> all;
  while (rows.next())
    all.push_back(read(rows));
  return all;
}

/// A connection as one owner sees it: its statements are prepared under the owner's name and may
/// touch the owner's tables only, those whose name starts with "<owner>_". A view: cheap to copy,
/// valid while its connection and the text of its name are.
class Session {
 public:
  Session(Connection& connection, std::string_view owner) noexcept
      : connection_(&connection), owner_(owner) {}

  /// Runs a statement that gives no rows; the number of rows it changed. Text arguments must be
  /// UTF-8; one with a NUL in it throws `Error`.
  template <class... Args>
  std::int64_t execute(std::string_view sql, const Args&... args);

  /// Runs an INSERT of one row that is RETURNING the integer which it got as its key; that key.
  template <class... Args>
  std::int64_t insert(std::string_view sql, const Args&... args);

  /// Starts a statement that gives rows.
  template <class... Args>
  Rows query(std::string_view sql, const Args&... args);

  std::string_view owner() const noexcept { return owner_; }
  Connection& connection() const noexcept { return *connection_; }

 private:
  Connection* connection_;
  std::string_view owner_;
};

/// One SQLite connection with its cache of prepared statements. Used by one thread at a time.
class Connection {
 public:
  enum class Mode {
    read_write,  ///< creates the file; WAL, synchronous=FULL; the only one that checkpoints
    read_only,   ///< sees committed data only; never checkpoints
    unchanging   ///< a file without a WAL that nobody writes; leaves nothing beside it
  };

  /// Throws `StorageFailure` that names the file.
  Connection(const std::filesystem::path& file, Mode mode);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// `owner` must outlive the session.
  Session session(std::string_view owner) noexcept { return {*this, owner}; }

  /// Runs statements under no owner's name, for the storage layer itself: transactions, pragmas,
  /// migrations' bookkeeping. Several may be given, separated by semicolons.
  void run(const char* sql);

  /// Runs a script as `owner`, who may create, alter and drop its own tables and indexes in it, and
  /// read those tables of others.
  void run_migration(std::string_view owner, const std::string& script,
                     std::span<const std::string> readable = {});

  /// Whether there is a table of that name, whoever owns it.
  bool has_table(std::string_view name);

  bool in_transaction() const noexcept;

  /// Adds the steps of SQLite's virtual machine that statements take from now on, in thousands, to
  /// `steps`, which outlives the connection. A row that is visited costs some ten.
  void count_steps(std::atomic<std::uint64_t>& steps) noexcept;

  /// Bytes of the write-ahead log that are in use, of the connection that writes; 0 before it has.
  std::uint64_t log_bytes() const noexcept;

  /// To be called once a scan interval: lets the file of the log become smaller where it has long
  /// been larger than what is in use; see `WalBatching::look`.
  void look_at_log() noexcept;

  /// From now on nothing can be committed: the running transaction holds what should not be there.
  void spoil() noexcept { is_spoiled_ = true; }
  bool is_spoiled() const noexcept { return is_spoiled_; }

  sqlite3* handle() const noexcept { return connection_; }

 private:
  friend class Session;
  friend class Rows;

  /// A statement ready to be bound, and the owning pointer where the cached one is in use.
  std::pair<Statement*, std::unique_ptr<Statement>> lend(std::string_view owner,
                                                         std::string_view sql);
  bool step(std::string_view owner, Statement& statement);
  std::int64_t changes() const noexcept;
  void configure(Mode mode);

  struct Cache;
  struct Access;

  sqlite3* connection_ = nullptr;
  bool is_spoiled_ = false;
  std::unique_ptr<Access> access_;
  std::unique_ptr<Cache> cache_;
  std::unique_ptr<WalBatching> wal_;  ///< of the one that writes
  std::unique_ptr<SyncGuard> sync_guard_;
};

template <class... Args>
std::int64_t Session::execute(std::string_view sql, const Args&... args) {
  auto [statement, own] = connection_->lend(owner_, sql);
  statement->bind_all(Statement::Lifetime::until_reset, args...);
  Rows rows(*connection_, owner_, *statement, std::move(own));
  while (rows.next()) {
  }
  return connection_->changes();
}

template <class... Args>
std::int64_t Session::insert(std::string_view sql, const Args&... args) {
  auto [statement, own] = connection_->lend(owner_, sql);
  statement->bind_all(Statement::Lifetime::until_reset, args...);
  Rows rows(*connection_, owner_, *statement, std::move(own));
  std::int64_t key = 0;
  // To the end, or the row may not be written.
  while (rows.next())
    key = rows.get<std::int64_t>(0);
  return key;
}

template <class... Args>
Rows Session::query(std::string_view sql, const Args&... args) {
  auto [statement, own] = connection_->lend(owner_, sql);
  statement->bind_all(Statement::Lifetime::copied, args...);
  return Rows(*connection_, owner_, *statement, std::move(own));
}

}  // namespace orderflow::storage
