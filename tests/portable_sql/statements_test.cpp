#include "statements.hpp"
#include "portable_database.hpp"
#include "schemas.hpp"
#include "source_texts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace orderflow::portable_sql {
namespace {

// The numbers that PostgreSQL has given its types for good (pg_type.dat).
constexpr Oid inferred = 0;
constexpr Oid bytes = 17;
constexpr Oid integer64 = 20;
constexpr Oid integer32 = 23;
constexpr Oid text = 25;
constexpr Oid real64 = 701;
constexpr Oid uuid = 2950;

const std::map<std::string, Oid> bound_as{
    {"integer", integer64}, {"real", real64}, {"text", text}, {"blob", bytes}, {"uuid", uuid}};

/// What of PostgreSQL's an engine can give to who reads a column as integer, text and so on. An
/// integer is written alike in both. Others, above all boolean and numeric, are not given alike.
const std::map<std::string, std::set<Oid>> read_as{{"integer", {integer64, integer32}},
                                                   {"real", {real64}},
                                                   {"text", {text, integer64, integer32}},
                                                   {"uuid", {uuid, bytes}}};
/// Read as text though it is a blob: a digest, which an engine for PostgreSQL is to give as it is.
constexpr const char* reads_digest_as_text = "SELECT id, name, scopes, hash,";
const std::set<Oid> readable{integer64, integer32, text, uuid, bytes, real64};

const std::vector<SourceText>& product_texts() {
  static const auto texts = [] {
    auto all = sql_texts(ORDERFLOW_SOURCES, {"src", "modules"});
    std::erase_if(all, [](const SourceText& one) { return is_of_engine(one.text); });
    return all;
  }();
  return texts;
}

const test::StatementUses& recorded() {
  static const auto uses = test::read_statement_uses(ORDERFLOW_SQL_RECORDS);
  return uses;
}

const test::StatementUses& product_statements() {
  static const auto statements =
      of_product(recorded(), product_texts(), sql_texts(ORDERFLOW_SOURCES, {"tests"}));
  return statements;
}

/// The types that an engine declares, who knows what is bound when a statement is first run.
std::vector<Oid> declared_types(const test::StatementUse& use) {
  std::vector<Oid> types;
  for (std::set<std::string> names : use.bound) {
    names.erase("null");
    if (names.size() > 1)
      throw Refused("a parameter is bound as " + *names.begin() + " and as others");
    types.push_back(names.empty() ? inferred : bound_as.at(*names.begin()));
  }
  return types;
}

Prepared prepare(const std::string& sql, const test::StatementUse& use) {
  return portable_database().prepare(translated(sql), declared_types(use));
}

TEST_CASE("a test has run each SQL text of the sources") {
  for (const SourceText& one : never_run(product_texts(), product_statements()))
    FAIL_CHECK(one.file, ":", one.line, ": no test has run ", one.text);
  CHECK(product_texts().size() > 300);
}

TEST_CASE("PostgreSQL takes each statement of the product") {
  std::size_t taken = 0;
  for (const auto& [sql, use] : product_statements()) {
    try {
      prepare(sql, use);
      ++taken;
    } catch (const Refused& e) {
      FAIL_CHECK(e.what(), ": ", sql);
    }
  }
  MESSAGE(taken, " statements of ", product_statements().size());
  CHECK(taken > 250);
}

TEST_CASE("a statement that PostgreSQL has not, or not so, is refused") {
  for (const char* sql :
       {"SELECT hex(id) FROM orders_order", "SELECT iif(total_amount > 1, 2, 3) FROM orders_order",
        "INSERT OR REPLACE INTO users_spent(generation) VALUES(?1)",
        "UPDATE event_retention SET removed_to = max(removed_to, 1)",
        "SELECT name FROM event_subscription WHERE name == 'a'",
        "SELECT \"text\" FROM event_subscription", "SELECT id FROM orders_order WHERE id = 'ann'",
        "SELECT seq + (kind = 'a') FROM event_log", "SELECT seq FROM event_log WHERE version"}) {
    CAPTURE(sql);
    CHECK_THROWS_AS(prepare(sql, {}), Refused);
  }
}

TEST_CASE("a column has a type that both engines have, and is read as it") {
  for (const auto& [sql, use] : product_statements()) {
    std::vector<Oid> columns;
    try {
      columns = prepare(sql, use).columns;
    } catch (const Refused&) {
      continue;  // told above
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      CAPTURE(sql);
      CAPTURE(i);
      CAPTURE(columns[i]);
      CHECK(readable.contains(columns[i]));
      if (i >= use.read.size()) continue;
      for (const std::string& type : use.read[i])
        CHECK_MESSAGE((read_as.at(type).contains(columns[i]) ||
                       (columns[i] == bytes && sql.starts_with(reads_digest_as_text))),
                      "read as ", type);
    }
  }
}

TEST_CASE("a row that is written has all that PostgreSQL does not make itself") {
  const Schema schema = postgres_schema(portable_database());
  const std::regex insert(R"(INSERT INTO (\w+)\s?\(([^)]*)\))");
  for (const auto& [sql, use] : product_statements()) {
    std::smatch found;
    if (!std::regex_search(sql, found, insert)) continue;
    CAPTURE(sql);
    const Table& table = schema.at(found[1]);
    for (const auto& [name, column] : table.columns) {
      if (column.may_be_null || !column.default_value.empty() || name == table.numbered_by_it)
        continue;
      CAPTURE(name);
      CHECK(std::regex_search(found[2].str(), std::regex("\\b" + name + "\\b")));
    }
  }
}

/// The columns of `sql` that its rows are ordered by, without the names of tables.
std::set<std::string> ordering_columns(const std::string& sql) {
  const std::regex order(R"(ORDER BY ((?:[\w.]+(?: DESC)?(?:, )?)+))");
  const std::regex column(R"((?:\w+\.)?(\w+)(?: DESC)?)");
  std::set<std::string> columns;
  for (std::sregex_iterator by(sql.begin(), sql.end(), order), end; by != end; ++by) {
    const std::string list = (*by)[1];
    for (std::sregex_iterator one(list.begin(), list.end(), column); one != end; ++one)
      columns.insert((*one)[1]);
  }
  return columns;
}

TEST_CASE(
    "nothing is ordered by what may be null, which comes first in SQLite and last in others") {
  const Schema schema = postgres_schema(portable_database());
  for (const auto& [sql, use] : product_statements()) {
    for (const std::string& name : ordering_columns(sql)) {
      // It is compared as well: rows where it is null are none of these.
      if (std::regex_search(sql, std::regex("\\b" + name + " (<|>|<=|>=|IS NOT NULL)"))) continue;
      for (const auto& [table_name, table] : schema) {
        const auto column = table.columns.find(name);
        if (column == table.columns.end() || !column->second.may_be_null) continue;
        if (!std::regex_search(sql, std::regex("\\b" + table_name + "\\b"))) continue;
        FAIL_CHECK(name, " of ", table_name, " may be null: ", sql);
      }
    }
  }
}

TEST_CASE("an engine's own SQL stands in the storage layer alone") {
  for (const SourceText& one : sql_texts(ORDERFLOW_SOURCES, {"src", "modules"})) {
    if (!is_of_engine(one.text)) continue;
    CAPTURE(one.line);
    CHECK(one.file.starts_with("src/storage/"));
  }
}

TEST_CASE("a statement is translated, and texts in it are not") {
  CHECK(translated("SELECT '?1' || ?1, ?12 FROM a INDEXED BY a_by_b WHERE b = ?2") ==
        "SELECT '?1' || $1, $12 FROM a WHERE b = $2");
  CHECK(translated("SELECT b FROM a INDEXED BY a_by_b") == "SELECT b FROM a");
  CHECK(translated("SELECT 'it''s ?1' || ?2") == "SELECT 'it''s ?1' || $2");
}

TEST_CASE("a statement is whose text begins it longest") {
  const std::vector<SourceText> product{{"a.cpp", 1, "SELECT a FROM b "}, {"a.cpp", 2, "WHERE c"}};
  const std::vector<SourceText> tests{{"a_test.cpp", 1, "SELECT a FROM b WHERE d"},
                                      {"a_test.cpp", 2, "SELECT a FROM "}};
  const test::StatementUses uses{{"SELECT a FROM b WHERE c", {}},
                                 {"SELECT a FROM b WHERE d", {}},
                                 {"SELECT a FROM sqlite_schema", {}},
                                 {"SELECT made FROM nowhere", {}}};
  const auto product_uses = of_product(uses, product, tests);
  CHECK(product_uses.contains("SELECT a FROM b WHERE c"));
  CHECK(product_uses.contains("SELECT made FROM nowhere"));
  CHECK(product_uses.size() == 2);
  CHECK(never_run(product, product_uses).empty());
  const auto missing = never_run({{"a.cpp", 3, " ORDER BY e"}}, product_uses);
  REQUIRE(missing.size() == 1);
  CHECK(missing.front().line == 3);
}

}  // namespace
}  // namespace orderflow::portable_sql
