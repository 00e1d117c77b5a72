#include "database_fixture.hpp"
#include "storage/backups.hpp"
#include "storage/transaction.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

#include <csignal>

#include <fstream>
#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::storage {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class Idle final : public BatchParticipant {
 public:
  bool has_work(core::Timestamp) override { return false; }
  std::optional<core::Timestamp> next_due() override { return std::nullopt; }
  void run(Connection&) override {}
  void before_commit(Connection&) override {}
  void committed() override {}
  void scan(Connection&) override {}
};

/// A database of several hundred pages, its writer stepped by the test.
struct BackupFixture : DatabaseFixture {
  BackupFixture() {
    connection.run_migration(
        "t", "CREATE TABLE t_row(n INTEGER PRIMARY KEY, version INTEGER, filling TEXT) STRICT");
    connection.session("t").execute(
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000)"
        " INSERT INTO t_row SELECT n, 1, hex(randomblob(1000)) FROM c");
  }

  struct BackupResult {
    std::exception_ptr error;
    Backup backup;
  };

  std::future<BackupResult> start(Backups& backups) {
    auto promise = std::make_shared<std::promise<BackupResult>>();
    backups.start(writer, [promise](std::exception_ptr error, Backup backup) {
      promise->set_value({std::move(error), std::move(backup)});
    });
    return promise->get_future();
  }

  /// Lets the copying go to its end.
  BackupResult finish(std::future<BackupResult>& result) {
    while (writer.step()) {
    }
    return result.get();
  }

  BackupResult make(Backups& backups) {
    auto result = start(backups);
    return finish(result);
  }

  void set_all(int version) {
    Transaction transaction(connection);
    connection.session("t").execute("UPDATE t_row SET version = ?1", version);
    transaction.commit();
  }

  static std::string versions_in(const fs::path& file) {
    Connection copy(file, Connection::Mode::unchanging);
    auto rows = copy.session("t").query(
        "SELECT group_concat(DISTINCT version) || ' of ' || count(*) FROM t_row");
    rows.next();
    return rows.get<std::string>(0);
  }

  static std::string reason_of(const BackupResult& result) {
    if (!result.error) return "";
    try {
      std::rethrow_exception(result.error);
    } catch (const std::exception& e) {
      return e.what();
    }
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(target))
      names.push_back(entry.path().filename().string());
    return names;
  }

  fs::path target = folder.path() / "backups";
  core::ManualClock clock{core::from_micros(1'700'000'000'123'456)};
  Idle participant;
  Writer writer{connection, participant, clock, WriterOptions{}, {}};
  Backups::NewestEvent newest = [](Connection& copy) {
    auto rows = copy.session("t").query("SELECT max(n) FROM t_row");
    rows.next();
    return rows.get<std::int64_t>(0);
  };
};

TEST_CASE_FIXTURE(BackupFixture, "a backup is a whole database under a name that identifies it") {
  Backups backups(target, 7, clock, newest);
  const BackupResult result = make(backups);
  REQUIRE(reason_of(result).empty());
  CHECK(result.backup.file == target / "orderflow-20231114T221320.123456Z-2000.db");
  CHECK(result.backup.bytes == fs::file_size(result.backup.file));
  CHECK(result.backup.newest_event == 2000);
  CHECK(versions_in(result.backup.file) == "1 of 2000");
  CHECK(files().size() == 1);

  using enum fs::perms;
  CHECK(fs::status(result.backup.file).permissions() == (owner_read | owner_write));
  CHECK(fs::status(target).permissions() == owner_all);
}

TEST_CASE_FIXTURE(BackupFixture, "what is committed between two steps is in the copy, whole") {
  Backups backups(target, 7, clock, newest);
  auto result = start(backups);
  int steps = 0;
  REQUIRE(backups.progress());
  CHECK(backups.progress()->copied == 0);
  int copied = 0;
  for (int version = 2; writer.step(); ++version) {
    ++steps;
    if (version <= 4) set_all(version);
    const auto progress = backups.progress();
    REQUIRE(progress);
    CHECK(progress->copied > copied);
    CHECK(progress->copied <= progress->pages);
    copied = progress->copied;
  }
  const BackupResult made = result.get();
  CHECK_FALSE(backups.progress());
  REQUIRE(reason_of(made).empty());
  // It did not start over: a database of some 1,100 pages takes a handful of steps.
  CHECK(steps > 3);
  CHECK(steps < 10);
  CHECK(versions_in(made.backup.file) == "4 of 2000");
}

TEST_CASE_FIXTURE(BackupFixture, "one backup is made at a time") {
  Backups backups(target, 7, clock, newest);
  auto first = start(backups);
  writer.step();
  CHECK_THROWS_AS(start(backups), BackupRunning);
  CHECK(reason_of(finish(first)).empty());
  CHECK(reason_of(make(backups)).empty());
  CHECK(backups.list().size() == 2);
}

TEST_CASE_FIXTURE(BackupFixture, "only the newest backups are kept, and the list has them") {
  Backups backups(target, 2, clock, newest);
  for (int i = 0; i < 4; ++i) {
    REQUIRE(reason_of(make(backups)).empty());
    clock.advance(1h);
  }
  const auto list = backups.list();
  REQUIRE(list.size() == 2);
  CHECK(list[0].made_at - list[1].made_at == 1h);
  CHECK(list[0].made_at == clock.now() - 1h);
  CHECK(files().size() == 2);
}

TEST_CASE_FIXTURE(BackupFixture,
                  "a backup that was just made stays, even when the clock went back") {
  Backups backups(target, 1, clock, newest);
  REQUIRE(reason_of(make(backups)).empty());
  clock.jump(-48h);
  const BackupResult second = make(backups);
  REQUIRE(reason_of(second).empty());
  REQUIRE(backups.list().size() == 1);
  CHECK(backups.list()[0].file == second.backup.file);
}

TEST_CASE_FIXTURE(BackupFixture,
                  "a file that a crash left unfinished is removed at the next start") {
  fs::create_directory(target);
  std::ofstream(target / "orderflow-20231114T221320.123456Z.partial") << "half";
  std::ofstream(target / "somebody-else.partial") << "not ours";
  const Backups backups(target, 7, clock, newest);
  CHECK(files() == std::vector<std::string>{"somebody-else.partial"});
}

TEST_CASE_FIXTURE(BackupFixture, "a target that cannot be written is the caller's error alone") {
  std::ofstream(target) << "a file where the folder should be";
  Backups backups(target, 7, clock, newest);
  CHECK_THROWS_AS(start(backups), BackupError);
  fs::remove(target);
  CHECK(reason_of(make(backups)).empty());
  CHECK_FALSE(writer.failed());
}

TEST_CASE_FIXTURE(BackupFixture, "a target that fills up on the way is the caller's error alone") {
  Backups backups(target, 7, clock, newest);
  auto result = start(backups);
  writer.step();
  // The limit holds for every file, so the node itself writes nothing meanwhile.
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, SIG_IGN);
  struct rlimit small = before;
  small.rlim_cur = 1 << 20;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  while (writer.step()) {
  }
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  CHECK_FALSE(reason_of(result.get()).empty());
  CHECK_FALSE(writer.failed());
  CHECK(files().empty());
  set_all(2);
  CHECK(versions_in(make(backups).backup.file) == "2 of 2000");
}

TEST_CASE_FIXTURE(BackupFixture, "a writer that stops ends the backup and leaves nothing behind") {
  Backups backups(target, 7, clock, newest);
  auto result = start(backups);
  writer.step();
  writer.stop();
  CHECK(reason_of(result.get()) == "the node is stopping");
  backups.stop();
  CHECK(files().empty());
  CHECK_THROWS_AS(start(backups), WriteRefused);
  CHECK(files().empty());
}

TEST_CASE_FIXTURE(BackupFixture, "a copy that is damaged is not called a backup") {
  fs::create_directory(target);
  const fs::path partial = target / "orderflow-x.partial";
  connection.run("PRAGMA wal_checkpoint(TRUNCATE)");
  fs::copy_file(file, partial);
  {
    std::fstream damaged(partial, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(4096 * 40);
    damaged << std::string(4096 * 3, 'x');
  }
  CHECK_THROWS_WITH_AS(finish_backup(partial, clock.now(), newest), doctest::Contains("damaged"),
                       BackupError);
  CHECK(files().empty());
}

TEST_CASE_FIXTURE(BackupFixture, "an idle writer makes a backup by itself") {
  Backups backups(target, 7, clock, newest);
  writer.start();
  auto result = start(backups);
  REQUIRE(result.wait_for(60s) == std::future_status::ready);
  CHECK(reason_of(result.get()).empty());
  CHECK(backups.list().size() == 1);
}

}  // namespace
}  // namespace orderflow::storage
