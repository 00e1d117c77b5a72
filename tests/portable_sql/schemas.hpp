#pragma once

#include "postgres_client.hpp"
#include "storage/connection.hpp"

#include <map>
#include <string>
#include <vector>

namespace orderflow::portable_sql {

/// A column as either engine has it, in words that both have in common.
struct Column {
  std::string type;  ///< integer, text, uuid or bytes
  bool may_be_null = false;
  std::string default_value;  ///< empty where there is none

  friend bool operator==(const Column&, const Column&) = default;
};

struct Index {
  std::vector<std::string> columns;
  bool is_unique = false;
  bool is_partial = false;

  friend bool operator==(const Index&, const Index&) = default;
};

struct Table {
  std::map<std::string, Column> columns;
  std::vector<std::string> primary_key;
  /// The column that the database gives the next number where none is told; empty: none.
  std::string numbered_by_it;
  /// Of those that were made by name; other unique ones go by their columns: "(client, key)".
  std::map<std::string, Index> indexes;
};

using Schema = std::map<std::string, Table>;

Schema sqlite_schema(storage::Connection& connection);
Schema postgres_schema(PostgresClient& postgres);

}  // namespace orderflow::portable_sql
