// Measures how many orders a second a loop by hand writes into a database that a node has made, as
// one thread, synced, with the settings of the node's connection: what storing orders costs at the
// very least.
//
//   storage_ceiling DATABASE accepted|flow SECONDS BATCH
//
// `accepted` writes the rows of an accepted order with an idempotency key, `flow` every row that it
// leaves once it is processed; each row once, BATCH orders in a commit. Making the orders up is not
// counted. Prints name=value pairs.
#include "order_rows.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>
#include <vector>

using namespace orderflow;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t users = 50'000;

// Those of src/storage/connection.cpp.
constexpr const char* node_settings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=4000;"
    "PRAGMA journal_size_limit=33554432";

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void write_batch(bench::BareSqlite& database, bench::OrderRows& rows,
                 const std::vector<bench::MadeOrder>& orders, bool is_flow) {
  database.run("BEGIN IMMEDIATE");
  for (const bench::MadeOrder& order : orders) {
    rows.accept(order, is_flow ? "PROCESSED" : "PENDING");
    if (!is_flow) continue;
    rows.finish(order);
    rows.remember_for_fraud(order);
    rows.count(order);
  }
  if (is_flow) rows.move_cursors();
  database.run("COMMIT");
}

void measure(const char* file, bool is_flow, std::chrono::duration<double> limit,
             std::size_t batch) {
  bench::BareSqlite database(file);
  database.run(node_settings);
  bench::OrderRows rows(database);
  bench::OrderMaker maker(static_cast<std::uint64_t>(now_us()), users);
  std::vector<bench::MadeOrder> orders(batch);
  Clock::duration spent{};
  std::size_t written = 0;
  while (spent < limit) {
    for (bench::MadeOrder& order : orders)
      order = maker.make(now_us());
    const auto began = Clock::now();
    write_batch(database, rows, orders, is_flow);
    spent += Clock::now() - began;
    written += batch;
  }
  std::printf(
      "orders=%zu duration_us=%lld\n", written,
      static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count()));
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view rows = count == 5 ? arguments[2] : "";
  const double seconds = count == 5 ? std::strtod(arguments[3], nullptr) : 0;
  const std::size_t batch = count == 5 ? std::strtoul(arguments[4], nullptr, 10) : 0;
  if ((rows != "accepted" && rows != "flow") || seconds <= 0 || batch == 0) {
    std::fprintf(stderr, "usage: storage_ceiling DATABASE accepted|flow SECONDS BATCH\n");
    return 2;
  }
  try {
    measure(arguments[1], rows == "flow", std::chrono::duration<double>(seconds), batch);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "storage_ceiling: %s\n", error.what());
    return 1;
  }
}
