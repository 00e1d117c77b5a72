// What a statement costs besides what SQLite does for it: taken from the cache, bound, stepped and
// reset, on a database in memory.
#include "storage/connection.hpp"
#include "storage/transaction.hpp"

#include <benchmark/benchmark.h>

#include <string>

using namespace orderflow;

namespace {

constexpr const char* owner = "orders";

storage::Connection& database() {
  static storage::Connection connection(":memory:", storage::Connection::Mode::read_write);
  static const bool is_made = [] {
    connection.run_migration(owner,
                             "CREATE TABLE orders_order(id BLOB PRIMARY KEY, user_id TEXT NOT NULL,"
                             " status TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT,"
                             " WITHOUT ROWID");
    storage::Session session = connection.session(owner);
    session.execute("INSERT INTO orders_order VALUES(?1, 'user-1', 'PENDING', 0)", core::Uuid{});
    return true;
  }();
  benchmark::DoNotOptimize(is_made);
  return connection;
}

void empty_statement(benchmark::State& state) {
  storage::Session session = database().session(owner);
  for (auto _ : state)
    benchmark::DoNotOptimize(session.execute("SELECT 1 WHERE 0"));
}
BENCHMARK(empty_statement);

void bind_eleven_parameters(benchmark::State& state) {
  storage::Session session = database().session(owner);
  const std::string text(36, 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(session.execute(
        "SELECT 1 WHERE 0 AND ?1 AND ?2 AND ?3 AND ?4 AND ?5 AND ?6 AND ?7 AND ?8 AND ?9 AND ?10"
        " AND ?11",
        core::Uuid{}, text, text, text, 1, text, text, text, text, core::Timestamp{},
        core::Timestamp{}));
  }
}
BENCHMARK(bind_eleven_parameters);

void find_by_key(benchmark::State& state) {
  storage::Session session = database().session(owner);
  for (auto _ : state) {
    auto rows = session.query("SELECT status FROM orders_order WHERE id = ?1", core::Uuid{});
    benchmark::DoNotOptimize(rows.next());
  }
}
BENCHMARK(find_by_key);

void update_by_key(benchmark::State& state) {
  storage::Session session = database().session(owner);
  const storage::Transaction transaction(database());
  for (auto _ : state) {
    benchmark::DoNotOptimize(session.execute(
        "UPDATE orders_order SET status = ?2, created_at = created_at + 1 WHERE id = ?1",
        core::Uuid{}, "PROCESSED"));
  }
}
BENCHMARK(update_by_key);

void savepoint(benchmark::State& state) {
  const storage::Transaction transaction(database());
  for (auto _ : state) {
    storage::Savepoint point(database());
    point.keep();
  }
}
BENCHMARK(savepoint);

}  // namespace
