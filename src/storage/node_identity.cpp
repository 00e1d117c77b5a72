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
  session.execute("INSERT INTO storage_node(\"only\", name) VALUES(1, ?1)", name);
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

void record_hosted(Connection& connection, std::span<const std::string_view> modules) {
  Session session = connection.session(Ownership::storage_layer);
  Transaction transaction(connection);
  session.execute("DELETE FROM storage_hosted");
  for (const std::string_view module : modules)
    session.execute("INSERT INTO storage_hosted(module) VALUES(?1)", module);
  transaction.commit();
}

}  // namespace orderflow::storage
