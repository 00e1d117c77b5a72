#include "schemas.hpp"

#include "storage/ownership.hpp"

#include <utility>

namespace orderflow::portable_sql {
namespace {

storage::Session all_of(storage::Connection& connection) {
  return connection.session(storage::Ownership::storage_layer);
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "" : ", ") + name;
  return "(" + text + ")";
}

/// In SQLite a digest and an identifier are blobs, told apart by the length that is checked; where
/// none is, it is an identifier.
std::string type_of_blob(const std::string& table_sql, const std::string& column) {
  const bool is_digest = table_sql.find("length(" + column + ") = 32") != std::string::npos;
  return is_digest ? "bytes" : "uuid";
}

std::string sqlite_type(const std::string& type, const std::string& table_sql,
                        const std::string& column) {
  if (type == "INTEGER") return "integer";
  if (type == "TEXT") return "text";
  if (type == "BLOB") return type_of_blob(table_sql, column);
  return type;
}

void read_columns(storage::Connection& connection, const std::string& name,
                  const std::string& table_sql, Table& table) {
  std::map<int, std::string> key;
  const bool has_rowid = table_sql.find("WITHOUT ROWID") == std::string::npos;
  {
    auto rows = all_of(connection)
                    .query(
                        "SELECT name, type, \"notnull\", coalesce(dflt_value, ''), pk"
                        " FROM pragma_table_info(?1)",
                        name);
    while (rows.next()) {
      const auto column = rows.get<std::string>(0);
      const int place_in_key = rows.get<int>(4);
      table.columns[column] = {.type = sqlite_type(rows.get<std::string>(1), table_sql, column),
                               .may_be_null = !rows.get<bool>(2) && place_in_key == 0,
                               .default_value = rows.get<std::string>(3)};
      if (place_in_key > 0) key[place_in_key] = column;
    }
  }
  for (const auto& [place, column] : key)
    table.primary_key.push_back(column);
  if (has_rowid && table.primary_key.size() == 1) {
    const std::string& key_column = table.primary_key.front();
    if (table.columns.at(key_column).type == "integer") table.numbered_by_it = key_column;
  }
}

void read_indexes(storage::Connection& connection, const std::string& name, Table& table) {
  auto rows = all_of(connection)
                  .query(
                      "SELECT name, \"unique\", origin, partial FROM pragma_index_list(?1)"
                      " WHERE origin <> 'pk'",
                      name);
  while (rows.next()) {
    Index index{.columns = {}, .is_unique = rows.get<bool>(1), .is_partial = rows.get<bool>(3)};
    auto columns = all_of(connection)
                       .query("SELECT name FROM pragma_index_info(?1) ORDER BY seqno",
                              rows.get<std::string>(0));
    while (columns.next())
      index.columns.push_back(columns.get<std::string>(0));
    const bool is_named = rows.get<std::string>(2) == "c";
    const std::string index_name = is_named ? rows.get<std::string>(0) : listed(index.columns);
    table.indexes.emplace(index_name, std::move(index));
  }
}

std::string postgres_type(const std::string& type, const std::string& collation) {
  if (type == "bigint") return "integer";
  if (type == "text") return collation == "C" ? "text" : "text of collation " + collation;
  if (type == "bytea") return "bytes";
  return type == "integer" ? "integer of 32 bits" : type;
}

/// `'orderflow'::text` is `'orderflow'`.
std::string without_cast(const std::string& value) {
  return value.substr(0, value.find("::"));
}

}  // namespace

Schema sqlite_schema(storage::Connection& connection) {
  Schema schema;
  auto rows = all_of(connection)
                  .query(
                      "SELECT name, sql FROM sqlite_schema WHERE type = 'table'"
                      " AND name NOT LIKE 'sqlite_%'");
  while (rows.next()) {
    const auto name = rows.get<std::string>(0);
    Table& table = schema[name];
    read_columns(connection, name, rows.get<std::string>(1), table);
    read_indexes(connection, name, table);
  }
  return schema;
}

Schema postgres_schema(PostgresClient& postgres) {
  Schema schema;
  for (const auto& row :
       postgres.rows("SELECT table_name, column_name, data_type, coalesce(collation_name, 'none'),"
                     " is_nullable, coalesce(column_default, ''), is_identity"
                     " FROM information_schema.columns WHERE table_schema = 'public'")) {
    schema[row.at(0).value()].columns[row.at(1).value()] = {
        .type = postgres_type(row.at(2).value(), row.at(3).value()),
        .may_be_null = row.at(4) == "YES",
        .default_value = without_cast(row.at(5).value())};
    if (row.at(6) == "YES") schema[row.at(0).value()].numbered_by_it = row.at(1).value();
  }
  std::map<std::string, Index> of_constraints;
  std::map<std::string, Table*> table_of_constraint;
  for (const auto& row :
       postgres.rows("SELECT tables.relname, indexes.relname, indisunique, indisprimary,"
                     " indpred IS NOT NULL, constraints.oid IS NULL, attname"
                     " FROM pg_index JOIN pg_class AS tables ON tables.oid = indrelid"
                     " JOIN pg_class AS indexes ON indexes.oid = indexrelid"
                     " LEFT JOIN pg_constraint AS constraints ON conindid = indexrelid"
                     " AND contype IN ('p', 'u')"
                     " CROSS JOIN unnest(indkey) WITH ORDINALITY AS keys(attribute, place)"
                     " JOIN pg_attribute ON attrelid = indrelid AND attnum = attribute"
                     " WHERE tables.relnamespace = 'public'::regnamespace ORDER BY 1, 2, place")) {
    Table& table = schema.at(row.at(0).value());
    const std::string column = row.at(6).value();
    if (row.at(3) == "t") {
      table.primary_key.push_back(column);
      continue;
    }
    const bool is_named = row.at(5) == "t";
    Index& index = (is_named ? table.indexes : of_constraints)[row.at(1).value()];
    index.columns.push_back(column);
    index.is_unique = row.at(2) == "t";
    index.is_partial = row.at(4) == "t";
    if (!is_named) table_of_constraint[row.at(1).value()] = &table;
  }
  for (auto& [name, index] : of_constraints)
    table_of_constraint.at(name)->indexes.emplace(listed(index.columns), index);
  return schema;
}

}  // namespace orderflow::portable_sql
