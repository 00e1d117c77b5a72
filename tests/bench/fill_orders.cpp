// Fills a database that a node has made, and that no node uses, with orders as they are when they
// are done, and with orders that nothing has been done for yet; without a sync until the end.
//
//   fill_orders DATABASE FINISHED PENDING IDENTIFIERS
//
// The orders were placed one every 10 ms, the last one now. IDENTIFIERS is a file that gets those
// of up to 10,000 of them, spread evenly, one a line.
#include "order_rows.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace orderflow;

namespace {

constexpr std::size_t users = 50'000;
constexpr std::size_t orders_a_transaction = 20'000;
constexpr std::size_t identifiers_max = 10'000;
constexpr std::int64_t between_orders_us = 10'000;
// Twice the default window of the fraud rules: what is older is no longer there.
constexpr std::int64_t remembered_us = 120'000'000;

struct Plan {
  std::string database;
  std::size_t finished = 0;
  std::size_t pending = 0;
  std::string identifiers;
};

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// What the buyers' orders come to, written at the end: in the order of the table, and once.
class Totals {
 public:
  void count(const bench::MadeOrder& order) {
    Buyer& buyer = buyers_.at(order.user);
    ++buyer.orders;
    buyer.spent += order.total;
    buyer.last_id = order.id_text;
    buyer.last_at = order.placed_at_us;
  }

  void write(bench::BareSqlite& database) const {
    bench::BareStatement statistics(
        database,
        "INSERT INTO users_statistics(generation, user_id, placed, processed, last_order_id,"
        " last_order_at) VALUES(0, ?1, ?2, ?2, ?3, ?4)");
    bench::BareStatement spent(
        database,
        "INSERT INTO users_spent(generation, user_id, currency, amount) VALUES(0, ?1, 'EUR', ?2)");
    for (std::size_t user = 1; user < buyers_.size(); ++user) {
      const Buyer& buyer = buyers_[user];
      if (buyer.orders == 0) continue;
      const std::string name = "user-" + std::to_string(user);
      statistics.run(name, buyer.orders, buyer.last_id, buyer.last_at);
      spent.run(name, buyer.spent);
    }
  }

 private:
  struct Buyer {
    std::int64_t orders = 0;
    std::int64_t spent = 0;
    std::int64_t last_at = 0;
    std::string last_id = {};
  };
  std::vector<Buyer> buyers_ = std::vector<Buyer>(users + 1);
};

class Filling {
 public:
  explicit Filling(const Plan& plan)
      : plan_(plan),
        database_(plan.database),
        identifiers_(plan.identifiers),
        maker_(1, users),
        end_us_(now_us()) {
    if (!identifiers_) throw std::runtime_error("cannot write " + plan.identifiers);
  }

  void run() {
    prepare();
    bench::OrderRows rows(database_);
    rows_ = &rows;
    std::size_t number = 0;
    for (; number < plan_.finished; ++number)
      add_finished(next(number));
    rows.move_cursors();
    for (; number < all(); ++number)
      rows.accept(next(number), "PENDING");
    totals_.write(database_);
    database_.run(by_user_);
    database_.run("COMMIT");
    rows_ = nullptr;
  }

  void settle() { database_.run("PRAGMA locking_mode=NORMAL; PRAGMA journal_mode=WAL"); }

 private:
  std::size_t all() const noexcept { return plan_.finished + plan_.pending; }

  void prepare() {
    database_.run(
        "PRAGMA journal_mode=DELETE; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-262144; BEGIN IMMEDIATE");
    // The one index whose entries do not come in their order: made at the end it is sorted once.
    by_user_ = database_.text("SELECT sql FROM sqlite_schema WHERE name = 'orders_order_by_user'");
    database_.run("DROP INDEX orders_order_by_user");
  }

  bench::MadeOrder next(std::size_t number) {
    if (number > 0 && number % orders_a_transaction == 0) database_.run("COMMIT; BEGIN IMMEDIATE");
    const auto before_end = static_cast<std::int64_t>(all() - number);
    bench::MadeOrder order = maker_.make(end_us_ - before_end * between_orders_us);
    if (number % (all() / identifiers_max + 1) == 0) identifiers_ << order.id_text << '\n';
    return order;
  }

  void add_finished(const bench::MadeOrder& order) {
    rows_->accept(order, "PROCESSED");
    rows_->finish(order);
    if (order.placed_at_us > end_us_ - remembered_us) rows_->remember_for_fraud(order);
    totals_.count(order);
  }

  const Plan& plan_;
  bench::BareSqlite database_;
  std::ofstream identifiers_;
  bench::OrderMaker maker_;
  const std::int64_t end_us_;
  Totals totals_;
  std::string by_user_;
  bench::OrderRows* rows_ = nullptr;
};

void sync_file(const std::string& name) {
  const int file = ::open(name.c_str(), O_RDWR | O_CLOEXEC);
  const bool is_synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!is_synced) throw std::runtime_error("cannot sync " + name);
}

std::optional<Plan> read_plan(int count, char** arguments) {
  if (count != 5) return std::nullopt;
  Plan plan{.database = arguments[1],
            .finished = std::strtoul(arguments[2], nullptr, 10),
            .pending = std::strtoul(arguments[3], nullptr, 10),
            .identifiers = arguments[4]};
  if (plan.finished + plan.pending == 0) return std::nullopt;
  return plan;
}

}  // namespace

int main(int count, char** arguments) {
  const auto plan = read_plan(count, arguments);
  if (!plan) {
    std::fprintf(stderr, "usage: fill_orders DATABASE FINISHED PENDING IDENTIFIERS\n");
    return 2;
  }
  try {
    {
      Filling filling(*plan);
      filling.run();
      filling.settle();
    }
    // Else the kernel would write it while others measure.
    sync_file(plan->database);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fill_orders: %s\n", error.what());
    return 1;
  }
}
