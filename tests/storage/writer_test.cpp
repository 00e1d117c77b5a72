#include "storage/writer.hpp"

#include "database_fixture.hpp"
#include "storage/error.hpp"

#include <doctest/doctest.h>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::storage {
namespace {

/// A participant that does what a test asks of it.
class Participant final : public BatchParticipant {
 public:
  bool has_work(core::Timestamp) override { return work > 0; }
  std::optional<core::Timestamp> next_due() override { return std::nullopt; }
  void run(Connection& connection) override {
    if (work == 0) return;
    --work;
    if (on_run) on_run(connection);
  }
  void before_commit(Connection& connection) override {
    if (on_before_commit) on_before_commit(connection);
  }
  void committed() override { ++commits; }
  void scan(Connection&) override { ++scans; }

  std::size_t admit(std::size_t writes_max) override { return std::min(writes_max, admitted_max); }

  int work = 0;
  int commits = 0;
  std::atomic<int> scans = 0;
  std::size_t admitted_max = 1'000;
  std::function<void(Connection&)> on_run;
  std::function<void(Connection&)> on_before_commit;
};

class LambdaWrite final : public Write {
 public:
  LambdaWrite(boost::asio::io_context& home, std::function<void(Connection&)> body,
              std::function<void(std::exception_ptr)> done)
      : Write(home.get_executor()), body_(std::move(body)), done_(std::move(done)) {}
  void run(Connection& connection) override { body_(connection); }
  void complete(std::exception_ptr error) override { done_(std::move(error)); }
  bool is_urgent() const noexcept override { return urgent; }
  bool may_run_again() const noexcept override { return repeatable; }
  void undone() noexcept override {
    if (on_undone) on_undone();
  }

  bool urgent = false;
  bool repeatable = false;
  std::function<void()> on_undone;

 private:
  std::function<void(Connection&)> body_;
  std::function<void(std::exception_ptr)> done_;
};

std::string what_of(const std::exception_ptr& error) {
  if (!error) return "";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  }
}

struct WriterFixture : DatabaseFixture {
  WriterFixture() {
    connection.run_migration("t", "CREATE TABLE t_row(n INTEGER PRIMARY KEY) STRICT");
  }

  void submit(std::function<void(Connection&)> body) {
    const std::size_t slot = outcomes.size();
    outcomes.emplace_back("not yet");
    writer.submit(std::make_unique<LambdaWrite>(
        home, std::move(body),
        [this, slot](std::exception_ptr error) { outcomes[slot] = what_of(error); }));
  }
  void insert(int n) {
    submit([n](Connection& c) { c.session("t").execute("INSERT INTO t_row VALUES(?1)", n); });
  }
  void deliver() {
    home.restart();
    home.poll();
  }
  std::string rows() {
    auto rows = connection.session("t").query("SELECT group_concat(n) FROM t_row");
    rows.next();
    return rows.get<std::string>(0);
  }

  core::ManualClock clock{core::from_micros(1)};
  Participant participant;
  boost::asio::io_context home;
  std::string failure;
  Writer writer{connection, participant, clock, WriterOptions{.waiting_max = 8, .batch_max = 4},
                [this](const std::string& reason) { failure = reason; }};
  std::vector<std::string> outcomes;
};

TEST_CASE_FIXTURE(WriterFixture, "all that waits is committed in one transaction, in order") {
  for (int n = 1; n <= 3; ++n)
    insert(n);
  CHECK(writer.step());
  CHECK_FALSE(writer.step());
  CHECK(participant.commits == 1);
  CHECK(writer.counters().batches == 1);
  CHECK(writer.counters().writes == 3);
  deliver();
  CHECK(outcomes == std::vector<std::string>{"", "", ""});
  CHECK(rows() == "1,2,3");
}

TEST_CASE_FIXTURE(WriterFixture, "writes that may run again do so where one of them throws") {
  std::string trail;
  const auto add = [&](int n, bool repeatable, bool throws = false) {
    const std::size_t slot = outcomes.size();
    outcomes.emplace_back("not yet");
    const std::string name = std::to_string(n);
    auto write = std::make_unique<LambdaWrite>(
        home,
        [&trail, n, name, throws](Connection& c) {
          trail += "+" + name;
          c.session("t").execute("INSERT INTO t_row VALUES(?1)", n);
          if (throws) throw std::runtime_error("no " + name);
        },
        [this, slot](std::exception_ptr error) { outcomes[slot] = what_of(error); });
    write->repeatable = repeatable;
    write->on_undone = [&trail, name] { trail += "-" + name; };
    writer.submit(std::move(write));
  };

  SUBCASE("none throws: each has run once") {
    for (int n = 1; n <= 3; ++n)
      add(n, true);
    writer.step();
    CHECK(trail == "+1+2+3");
    CHECK(rows() == "1,2,3");
  }
  SUBCASE("one throws: it alone is not written") {
    add(1, true);
    add(2, true, true);
    add(3, true);
    writer.step();
    deliver();
    CHECK(trail == "+1+2-2-1+1+2-2+3");
    CHECK(rows() == "1,3");
    CHECK(outcomes == std::vector<std::string>{"", "no 2", ""});
  }
  SUBCASE("one that may run once stands alone between them") {
    add(1, true);
    add(2, true);
    add(3, false, true);
    add(4, true);
    writer.step();
    deliver();
    CHECK(trail == "+1+2+3-3+4");
    CHECK(rows() == "1,2,4");
    CHECK(outcomes == std::vector<std::string>{"", "", "no 3", ""});
  }
}

TEST_CASE_FIXTURE(WriterFixture, "a caller is notified of its write after the commit, not before") {
  insert(1);
  deliver();
  CHECK(outcomes[0] == "not yet");
  writer.step();
  CHECK(outcomes[0] == "not yet");
  deliver();
  CHECK(outcomes[0].empty());
}

/// Inserts a row, and has no home.
class HomelessWrite final : public Write {
 public:
  HomelessWrite(int n, std::string& outcome) : n_(n), outcome_(outcome) {}
  void run(Connection& connection) override {
    connection.session("t").execute("INSERT INTO t_row VALUES(?1)", n_);
  }
  void complete(std::exception_ptr error) override { outcome_ = what_of(error); }

 private:
  int n_;
  std::string& outcome_;
};

TEST_CASE_FIXTURE(WriterFixture, "a write without a home is completed where its outcome is known") {
  std::string written = "not yet";
  writer.submit(std::make_unique<HomelessWrite>(1, written));
  CHECK(written == "not yet");
  writer.step();
  CHECK(written.empty());
  for (int n = 2; n <= 9; ++n)
    insert(n);
  std::string refused = "not yet";
  writer.submit(std::make_unique<HomelessWrite>(10, refused));
  CHECK(refused == "too many writes are waiting");
}

TEST_CASE_FIXTURE(WriterFixture,
                  "a body that throws is undone alone and its caller gets the error") {
  insert(1);
  submit([](Connection& c) {
    c.session("t").execute("INSERT INTO t_row VALUES(7)");
    throw std::runtime_error("no thanks");
  });
  insert(1);
  insert(2);
  writer.step();
  deliver();
  CHECK(outcomes[0].empty());
  CHECK(outcomes[1] == "no thanks");
  CHECK(outcomes[2].find("UNIQUE constraint failed") != std::string::npos);
  CHECK(outcomes[3].empty());
  CHECK(rows() == "1,2");
}

TEST_CASE_FIXTURE(WriterFixture, "a batch is bounded and the rest follows in the next one") {
  for (int n = 1; n <= 6; ++n)
    insert(n);
  writer.step();
  CHECK(writer.counters().writes == 4);
  writer.step();
  CHECK(writer.counters().writes == 6);
}

TEST_CASE_FIXTURE(WriterFixture, "a write beyond the bound is refused and nothing of it is done") {
  for (int n = 1; n <= 8; ++n)
    insert(n);
  insert(9);
  deliver();
  CHECK(outcomes.back() == "too many writes are waiting");
  CHECK(writer.counters().refused == 1);
  while (writer.step()) {
  }
  CHECK(rows() == "1,2,3,4,5,6,7,8");
}

TEST_CASE_FIXTURE(WriterFixture,
                  "while work piles up new writes are taken slowly, an operator's before them") {
  participant.admitted_max = 1;
  std::vector<int> order;
  for (int n = 1; n <= 3; ++n)
    submit([&, n](Connection&) { order.push_back(n); });
  auto urgent = std::make_unique<LambdaWrite>(
      home, [&](Connection&) { order.push_back(99); }, [](std::exception_ptr) {});
  urgent->urgent = true;
  writer.submit(std::move(urgent));
  CHECK(writer.step());
  CHECK(order == std::vector{99, 1});
  CHECK(writer.counters().throttled == 1);
  CHECK(writer.step());
  CHECK(writer.step());
  CHECK(order == std::vector{99, 1, 2, 3});
}

TEST_CASE_FIXTURE(WriterFixture, "the participant goes first, in the same transaction") {
  participant.work = 1;
  participant.on_run = [](Connection& c) { c.session("t").execute("INSERT INTO t_row VALUES(5)"); };
  insert(5);
  writer.step();
  deliver();
  CHECK(outcomes[0].find("UNIQUE constraint failed") != std::string::npos);
  CHECK(rows() == "5");
}

TEST_CASE_FIXTURE(WriterFixture,
                  "after a storage failure every caller gets the error and none is taken") {
  insert(1);
  submit([](Connection&) { throw StorageFailure("disk gone", 0); });
  insert(2);
  writer.step();
  deliver();
  for (const std::string& outcome : outcomes)
    CHECK(outcome == "disk gone");
  CHECK(failure == "disk gone");
  CHECK(writer.failed());
  CHECK(participant.commits == 0);
  CHECK(rows().empty());
  insert(3);
  deliver();
  CHECK(outcomes.back() == "storage has failed");
  CHECK_FALSE(writer.step());
}

TEST_CASE_FIXTURE(WriterFixture,
                  "a commit that fails fails the whole batch and is not tried again") {
  insert(1);
  participant.on_before_commit = [](Connection& c) {
    // A deferred constraint is only found at COMMIT.
    c.run("PRAGMA defer_foreign_keys=ON");
    c.session("t").execute("INSERT INTO t_child VALUES(404)");
  };
  connection.run_migration("t", "CREATE TABLE t_child(n INTEGER REFERENCES t_row(n)) STRICT");
  writer.step();
  deliver();
  CHECK(outcomes[0].find("FOREIGN KEY constraint failed") != std::string::npos);
  CHECK(writer.failed());
  CHECK(rows().empty());
}

TEST_CASE_FIXTURE(
    WriterFixture,
    "space that a long reader keeps from being given back is given back when the reader ends") {
  const auto log = std::filesystem::path(file).concat("-wal");
  const auto wait_for = [](const auto& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!condition() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield();
    return condition();
  };
  auto reader = std::make_unique<Connection>(file, Connection::Mode::read_only);
  reader->run("BEGIN; SELECT count(*) FROM t_row");
  Writer real(connection, participant, clock,
              WriterOptions{.scan_interval = std::chrono::milliseconds{5}}, {});
  auto work = boost::asio::make_work_guard(home);
  std::thread delivering([&] { home.run(); });
  real.start();
  std::atomic<int> done = 0;
  for (int n = 1; n <= 3; ++n) {
    real.submit(std::make_unique<LambdaWrite>(
        home, [n](Connection& c) { c.session("t").execute("INSERT INTO t_row VALUES(?1)", n); },
        [&done](std::exception_ptr error) { done += error ? 0 : 1; }));
    CHECK(wait_for([&] { return done == n; }));
    const int scanned = participant.scans;
    CHECK(wait_for([&] { return participant.scans >= scanned + 3; }));
  }
  CHECK(std::filesystem::file_size(log) > 0);
  reader.reset();
  CHECK(wait_for([&] { return std::filesystem::file_size(log) == 0; }));
  real.stop();
  work.reset();
  delivering.join();
  CHECK_FALSE(real.failed());
}

TEST_CASE_FIXTURE(
    WriterFixture,
    "a long reader lets the log grow up to its limit, and new writes wait for the reader") {
  constexpr std::uint64_t log_bytes_max = 100'000;
  Writer bounded(connection, participant, clock, WriterOptions{.log_bytes_max = log_bytes_max}, {});
  const auto submit_to = [&](int n, bool urgent) {
    std::string outcome = "not yet";
    auto write = std::make_unique<LambdaWrite>(
        home, [n](Connection& c) { c.session("t").execute("INSERT INTO t_row VALUES(?1)", n); },
        [&outcome](std::exception_ptr error) { outcome = what_of(error); });
    write->urgent = urgent;
    bounded.submit(std::move(write));
    bounded.step();
    deliver();
    return outcome;
  };
  auto reader = std::make_unique<Connection>(file, Connection::Mode::read_only);
  reader->run("BEGIN; SELECT count(*) FROM t_row");
  int n = 0;
  std::string refused;
  while (refused.empty() && n < 1'000)
    refused = submit_to(++n, false);
  CHECK(refused ==
        "the write-ahead log has reached its limit: somebody reads from the database in one long"
        " transaction");
  CHECK(bounded.wal_limit().is_reached());
  CHECK(std::filesystem::file_size(std::filesystem::path(file).concat("-wal")) <
        log_bytes_max + 50'000);
  CHECK(submit_to(++n, true).empty());
  participant.work = 1;
  CHECK(bounded.step());

  reader.reset();
  bounded.look_around();
  bounded.look_around();
  CHECK_FALSE(bounded.wal_limit().is_reached());
  CHECK(submit_to(++n, false).empty());
}

TEST_CASE_FIXTURE(WriterFixture,
                  "writes from many threads are all committed, and stop waits for them") {
  std::atomic<int> done = 0;
  std::atomic<int> next = 0;
  constexpr int threads = 4;
  constexpr int each = 250;
  auto work = boost::asio::make_work_guard(home);
  std::thread delivering([&] { home.run(); });
  Writer real(connection, participant, clock, WriterOptions{}, {});
  real.start();
  std::vector<std::thread> callers;
  for (int t = 0; t < threads; ++t) {
    callers.emplace_back([&] {
      for (int i = 0; i < each; ++i) {
        const int n = ++next;
        real.submit(std::make_unique<LambdaWrite>(
            home, [n](Connection& c) { c.session("t").execute("INSERT INTO t_row VALUES(?1)", n); },
            [&done](std::exception_ptr error) { done += error ? 0 : 1; }));
      }
    });
  }
  for (std::thread& caller : callers)
    caller.join();
  real.stop();
  work.reset();
  delivering.join();
  CHECK(done == threads * each);
  auto count = connection.session("t").query("SELECT count(*) FROM t_row");
  count.next();
  CHECK(count.get<int>(0) == threads * each);
}

}  // namespace
}  // namespace orderflow::storage
