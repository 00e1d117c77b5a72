#include "storage/wal_truncation.hpp"

#include "storage/ownership.hpp"

#include <cstdint>
#include <string>

namespace orderflow::storage {

bool give_log_back(Connection& connection) {
  Session session = connection.session(Ownership::storage_layer);
  const auto number = [&](const std::string& pragma) {
    auto rows = session.query(pragma);
    rows.next();
    return rows.get<std::int64_t>(0);
  };
  const std::string timeout = "PRAGMA busy_timeout";
  const std::int64_t usual = number(timeout);
  connection.run((timeout + "=0").c_str());
  const bool is_busy = number("PRAGMA wal_checkpoint(TRUNCATE)") != 0;
  connection.run((timeout + "=" + std::to_string(usual)).c_str());
  return !is_busy;
}

}  // namespace orderflow::storage
