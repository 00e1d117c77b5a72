// What both engines take, and each could take otherwise: asked of both, about the same rows.
#include "portable_database.hpp"
#include "storage/connection.hpp"
#include "storage/error.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::portable_sql {
namespace {

constexpr const char* words =
    "INSERT INTO probe_word(n, word) VALUES(1, 'a'), (2, 'B'), (3, '\xc3\xa4'), (4, '_'), (5, ''),"
    " (6, 'b'), (7, NULL), (8, 'a b'), (9, 'Z')";

struct BothEngines {
  BothEngines() {
    sqlite.run_migration("probe",
                         "CREATE TABLE probe_word(n INTEGER PRIMARY KEY, word TEXT) STRICT");
    sqlite.session("probe").execute(words);
    postgres.run("BEGIN; CREATE TABLE probe_word(n bigint PRIMARY KEY, word text COLLATE \"C\")");
    postgres.run(words);
  }
  ~BothEngines() { postgres.run("ROLLBACK"); }

  std::string of_sqlite(const std::string& sql) {
    std::string text;
    auto rows = sqlite.session("probe").query(sql);
    while (rows.next()) {
      for (int column = 0; column < rows.column_count(); ++column)
        text += (rows.is_null(column) ? "null" : rows.get<std::string>(column)) + "|";
      text += "\n";
    }
    return text;
  }

  std::string of_postgres(const std::string& sql) {
    std::string text;
    for (const PostgresRow& row : postgres.rows(sql)) {
      for (const auto& cell : row)
        text += cell.value_or("null") + "|";
      text += "\n";
    }
    return text;
  }

  test::TemporaryFolder folder;
  storage::Connection sqlite{folder.path() / "test.db", storage::Connection::Mode::read_write};
  PostgresClient& postgres = portable_database();
};

TEST_CASE_FIXTURE(BothEngines, "what both engines take means the same to both") {
  for (const char* sql :
       {// Text is ordered and compared by its bytes.
        "SELECT n FROM probe_word WHERE word IS NOT NULL ORDER BY word",
        "SELECT n FROM probe_word WHERE word > 'Z' ORDER BY n",
        "SELECT min(word), max(word), count(word), count(*) FROM probe_word",
        "SELECT n FROM probe_word WHERE (word, n) > ('B', 2) ORDER BY n",
        "SELECT count(*) FILTER (WHERE word < 'b') FROM probe_word",
        "SELECT word, count(*) FROM probe_word WHERE word IS NOT NULL GROUP BY word ORDER BY word",
        // Null is no value.
        "SELECT n FROM probe_word WHERE word <> 'a' ORDER BY n",
        "SELECT n FROM probe_word WHERE word IS DISTINCT FROM 'a' ORDER BY n",
        "SELECT n FROM probe_word WHERE word NOT IN (SELECT word FROM probe_word) ORDER BY n",
        "SELECT n, CASE WHEN word = 'a' THEN 1 ELSE 0 END FROM probe_word ORDER BY n",
        "SELECT n, CASE word WHEN 'a' THEN 1 ELSE 0 END FROM probe_word ORDER BY n",
        "SELECT n, 'word ' || n || ' is ' || word FROM probe_word ORDER BY n",
        "SELECT n, coalesce(word, 'none') FROM probe_word ORDER BY n",
        // Sums, quotients and lengths are integers.
        "SELECT CAST(sum(n) AS bigint), CAST(coalesce(sum(n), 0) AS bigint) FROM probe_word",
        "SELECT CAST(sum(n) AS bigint), max(n) FROM probe_word WHERE n < 0",
        "SELECT n / 2, -n / 2, n % 4, -n % 4, n * 4611686018427387903 / 3 FROM probe_word"
        " WHERE n < 3 ORDER BY n",
        "SELECT length(word), substr(word, 2), substr(word, 1, 1), substr(word, length(word))"
        " FROM probe_word WHERE length(word) > 0 ORDER BY n",
        // Rows are written as they are told.
        "SELECT n FROM probe_word ORDER BY n DESC LIMIT 2 OFFSET 1",
        "INSERT INTO probe_word(n, word) VALUES(1, 'c') ON CONFLICT(n) DO UPDATE"
        " SET word = probe_word.word || excluded.word RETURNING n, word",
        "INSERT INTO probe_word(n, word) VALUES(1, 'c') ON CONFLICT DO NOTHING RETURNING n",
        "UPDATE probe_word SET n = n + 10, word = CASE WHEN n = 2 THEN 'was ' || n END WHERE n = 2"
        " RETURNING n, word",
        "DELETE FROM probe_word WHERE n IN (SELECT n FROM probe_word ORDER BY n LIMIT 1)"
        " RETURNING n"}) {
    CAPTURE(sql);
    CHECK(of_postgres(sql) == of_sqlite(sql));
  }
}

TEST_CASE_FIXTURE(BothEngines, "a sum beyond 64 bits is refused by both") {
  const std::string sql =
      "SELECT CAST(sum(big) AS bigint) FROM"
      " (SELECT n + 9223372036854775800 AS big FROM probe_word WHERE n < 3) AS large";
  CHECK_THROWS_AS(of_sqlite(sql), storage::Error);
  CHECK_THROWS_AS(of_postgres(sql), Refused);
}

TEST_CASE_FIXTURE(BothEngines, "a text with a NUL in it is refused by both") {
  const std::string sql = "SELECT n FROM probe_word WHERE word = ";
  CHECK_THROWS_AS(sqlite.session("probe").query(sql + "?1", std::string("a\0b", 3)),
                  storage::Error);
  // There is no way to send it: a client ends texts with it, and an escape is refused.
  CHECK_THROWS_AS(of_postgres(sql + "E'a\\000b'"), Refused);
}

}  // namespace
}  // namespace orderflow::portable_sql
