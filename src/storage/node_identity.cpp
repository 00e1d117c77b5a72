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

}  // namespace orderflow::storage
