#include "storage/node_identity.hpp"

#include "storage/ownership.hpp"
#include "storage/transaction.hpp"

#include <cstdio>
#include <stdexcept>

namespace orderflow::storage {

std::string node_name(Connection& connection, std::string_view wanted, core::Random& random) {
  Session session = connection.session(Ownership::storage_layer);
  Transaction transaction(connection);
  std::string name;
  {
    auto rows = session.query("SELECT name FROM storage_node");
    if (rows.next()) name = rows.get<std::string>(0);
  }
  if (!name.empty()) {
    if (!wanted.empty() && wanted != name) {
      throw std::runtime_error("the data folder belongs to node '" + name +
                               "', but the settings name this node '" + std::string(wanted) +
                               "': events already carry the first name");
    }
    return name;
  }
  if (wanted.empty()) {
    char made[16];
    std::snprintf(made, sizeof made, "node-%08x", static_cast<unsigned>(random.next() >> 32));
    name = made;
  } else {
    name = wanted;
  }
  session.execute("INSERT INTO storage_node(only, name) VALUES(1, ?1)", name);
  transaction.commit();
  return name;
}

std::string rename_node(Connection& connection, std::string_view name) {
  Session session = connection.session(Ownership::storage_layer);
  std::string before;
  {
    auto rows = session.query("SELECT name FROM storage_node");
    if (!rows.next()) throw std::runtime_error("the database belongs to no node yet");
    before = rows.get<std::string>(0);
  }
  session.execute("UPDATE storage_node SET name = ?1", name);
  return before;
}

namespace {

bool has_table(Session& session, std::string_view table) {
  auto rows =
      session.query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1", table);
  return rows.next();
}

NodeModules::Names names_in(Session& session, const std::string& table) {
  NodeModules::Names names;
  if (!has_table(session, table)) return names;
  auto rows = session.query("SELECT module FROM " + table);
  while (rows.next())
    names.insert(rows.get<std::string>(0));
  return names;
}

void replace_names(Session& session, const std::string& table, const NodeModules::Names& names) {
  session.execute("DELETE FROM " + table);
  for (const std::string& name : names)
    session.execute("INSERT INTO " + table + "(module) VALUES(?1)", name);
}

/// Of `names`, those in `among` that `others` lacks, with commas between.
std::string missing(const NodeModules::Names& names, const NodeModules::Names& others,
                    const NodeModules::Names& among) {
  std::string text;
  for (const std::string& name : names) {
    if (!others.contains(name) && among.contains(name)) text += (text.empty() ? "" : ", ") + name;
  }
  return text;
}

}  // namespace

NodeModules last_modules(Connection& connection) {
  Session session = connection.session(Ownership::storage_layer);
  return {.hosted = names_in(session, "storage_hosted"),
          .known = names_in(session, "storage_known_module")};
}

std::string change_of_modules(const NodeModules& before, const NodeModules& now) {
  if (before.hosted.empty()) return {};
  const std::string gone = missing(before.hosted, now.hosted, now.known);
  const std::string come = missing(now.hosted, before.hosted, before.known);
  std::string text;
  if (!gone.empty()) text += "without " + gone;
  if (!come.empty()) text += (text.empty() ? "" : " and ") + ("with " + come);
  return text;
}

void record_modules(Connection& connection, const NodeModules& modules) {
  Session session = connection.session(Ownership::storage_layer);
  Transaction transaction(connection);
  replace_names(session, "storage_hosted", modules.hosted);
  replace_names(session, "storage_known_module", modules.known);
  transaction.commit();
}

}  // namespace orderflow::storage
