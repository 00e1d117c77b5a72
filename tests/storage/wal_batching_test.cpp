#include "storage/wal_batching.hpp"
#include "database_fixture.hpp"
#include "storage/readers.hpp"
#include "storage/transaction.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace orderflow::storage {
namespace {

/// A file in memory that notes what is done to it.
struct NotingFile : sqlite3_file {
  NotingFile() : sqlite3_file{.pMethods = &methods} {}

  static NotingFile& of(sqlite3_file* file) { return *static_cast<NotingFile*>(file); }

  static int close(sqlite3_file* file) {
    of(file).done.emplace_back("close");
    return SQLITE_OK;
  }
  static int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    NotingFile& it = of(file);
    it.done.emplace_back("read");
    std::memcpy(into, it.bytes.data() + offset, static_cast<std::size_t>(size));
    return SQLITE_OK;
  }
  static int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    NotingFile& it = of(file);
    it.done.push_back("write " + std::to_string(size) + " at " + std::to_string(offset));
    if (it.writes_fail) return SQLITE_FULL;
    const auto end = static_cast<std::size_t>(offset + size);
    it.bytes.resize(std::max(it.bytes.size(), end));
    it.bytes.replace(static_cast<std::size_t>(offset), static_cast<std::size_t>(size),
                     static_cast<const char*>(from), static_cast<std::size_t>(size));
    return SQLITE_OK;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    of(file).done.push_back("truncate to " + std::to_string(size));
    return SQLITE_OK;
  }
  static int sync(sqlite3_file* file, int) {
    of(file).done.emplace_back("sync");
    return SQLITE_OK;
  }
  static int report_size(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(of(file).bytes.size());
    return SQLITE_OK;
  }
  static int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }

  static constexpr sqlite3_io_methods methods{.iVersion = 1,
                                              .xClose = close,
                                              .xRead = read,
                                              .xWrite = write,
                                              .xTruncate = truncate,
                                              .xSync = sync,
                                              .xFileSize = report_size,
                                              .xLock = nullptr,
                                              .xUnlock = nullptr,
                                              .xCheckReservedLock = nullptr,
                                              .xFileControl = control,
                                              .xSectorSize = nullptr,
                                              .xDeviceCharacteristics = nullptr,
                                              .xShmMap = nullptr,
                                              .xShmLock = nullptr,
                                              .xShmBarrier = nullptr,
                                              .xShmUnmap = nullptr,
                                              .xFetch = nullptr,
                                              .xUnfetch = nullptr};
  std::string bytes;
  std::vector<std::string> done;
  bool writes_fail = false;
};

using Done = std::vector<std::string>;

/// A log as SQLite writes it: frames of a header and a page.
struct Log {
  NotingFile file;
  WalBatching batching{file};
  sqlite3_int64 end = 32;  // behind the log's own header

  int write(const std::string& bytes) {
    const auto place = end;
    end += static_cast<sqlite3_int64>(bytes.size());
    return file.pMethods->xWrite(&file, bytes.data(), static_cast<int>(bytes.size()), place);
  }
  int write_frame(char page, bool commits = false) {
    std::string header(24, 'h');
    header.replace(4, 4, commits ? std::string("\0\0\1\0", 4) : std::string(4, '\0'));
    const int code = write(header);
    return code == SQLITE_OK ? write(std::string(4096, page)) : code;
  }
  int sync() { return file.pMethods->xSync(&file, SQLITE_SYNC_NORMAL); }
};

}  // namespace

TEST_CASE_FIXTURE(Log, "the frames of a transaction are one write, done when it commits") {
  CHECK(write_frame('a') == SQLITE_OK);
  CHECK(write_frame('b') == SQLITE_OK);
  CHECK(file.done.empty());
  CHECK(write_frame('c', true) == SQLITE_OK);
  CHECK(file.done == Done{"write 12360 at 32"});
  CHECK(sync() == SQLITE_OK);
  CHECK(file.done == Done{"write 12360 at 32", "sync"});
  CHECK(file.bytes.substr(32 + 24, 4096) == std::string(4096, 'a'));
  CHECK(file.bytes.substr(file.bytes.size() - 4096) == std::string(4096, 'c'));
}

TEST_CASE_FIXTURE(Log, "what follows a frame that commits is not delayed either") {
  write_frame('a', true);
  write("the rest of a sector");
  CHECK(file.done.size() == 2);
  write_frame('b');
  CHECK(file.done.size() == 2);
}

TEST_CASE_FIXTURE(Log, "a long transaction is written in pieces that the system takes whole") {
  for (int i = 0; i < 40; ++i)
    write_frame(static_cast<char>('a' + i % 26), i == 39);
  CHECK(file.done.size() == 3);
  CHECK(file.bytes.size() == static_cast<std::size_t>(end));
  for (std::size_t i = 0; i < 40; ++i)
    CHECK(file.bytes[32 + i * 4120 + 24] == static_cast<char>('a' + i % 26));
}

TEST_CASE_FIXTURE(
    Log, "a write elsewhere, a read, a size, a truncation and a sync see what was gathered") {
  write_frame('a');
  char page[4096];
  CHECK(file.pMethods->xRead(&file, page, sizeof page, 32 + 24) == SQLITE_OK);
  CHECK(page[7] == 'a');
  CHECK(file.done == Done{"write 4120 at 32", "read"});

  write_frame('b');
  end = 32;  // the transaction is undone, and another written over it
  write_frame('c');
  CHECK(file.done.back() == "write 4120 at 4152");
  sqlite3_int64 size = 0;
  CHECK(file.pMethods->xFileSize(&file, &size) == SQLITE_OK);
  CHECK(size == 32 + 2 * 4120);
  CHECK(file.bytes[32 + 24] == 'c');

  write_frame('d');
  CHECK(file.pMethods->xTruncate(&file, 0) == SQLITE_OK);
  CHECK(file.done.back() == "truncate to 0");
  CHECK(file.done[file.done.size() - 2] == "write 4120 at 4152");

  write_frame('e');
  CHECK(sync() == SQLITE_OK);
  CHECK(file.done[file.done.size() - 2] == "write 4120 at 8272");
}

TEST_CASE_FIXTURE(Log, "after a write that failed nothing can be committed") {
  write_frame('a');
  file.writes_fail = true;
  CHECK(write_frame('b', true) == SQLITE_FULL);
  file.writes_fail = false;
  CHECK(sync() == SQLITE_FULL);
  CHECK(write_frame('c', true) == SQLITE_FULL);
  CHECK(sync() == SQLITE_FULL);
  char page[4096];
  CHECK(file.pMethods->xRead(&file, page, sizeof page, 32) == SQLITE_FULL);
  CHECK(file.done == Done{"write 8240 at 32"});
}

TEST_CASE_FIXTURE(Log, "the file has its own methods back when it is closed") {
  write_frame('a');
  CHECK(file.pMethods->xClose(&file) == SQLITE_OK);
  CHECK(file.pMethods == &NotingFile::methods);
  CHECK(file.done == Done{"close"});
}

TEST_CASE_FIXTURE(
    DatabaseFixture,
    "a transaction larger than the page cache reads what it has written, and so do others") {
  connection.run_migration("shop",
                           "CREATE TABLE shop_item(id INTEGER PRIMARY KEY, text TEXT) STRICT");
  connection.run("PRAGMA cache_size=20");
  Session shop = connection.session("shop");
  const auto sum_in = [](Session session) {
    auto rows = session.query("SELECT count(*), sum(id), sum(length(text)) FROM shop_item");
    rows.next();
    return std::vector{rows.get<std::int64_t>(0), rows.get<std::int64_t>(1),
                       rows.get<std::int64_t>(2)};
  };
  const std::vector<std::int64_t> all{2000, 2'001'000, 4'000'000};
  {
    Transaction transaction(connection);
    for (int i = 1; i <= 2000; ++i)
      shop.execute("INSERT INTO shop_item VALUES(?1, ?2)", i, std::string(2000, 'x'));
    CHECK(sum_in(shop) == all);
    transaction.commit();
  }
  {
    Transaction transaction(connection);
    shop.execute("UPDATE shop_item SET text = ''");
    CHECK(sum_in(shop)[2] == 0);
  }
  CHECK(sum_in(shop) == all);
  Connection reader(file, Connection::Mode::read_only);
  CHECK(sum_in(reader.session("shop")) == all);
  CHECK(sum_in(reader.session("shop")) == sum_in(shop));
}

}  // namespace orderflow::storage
