#pragma once

#include "access/key_store.hpp"
#include "access/manage_keys.hpp"
#include "storage/migration.hpp"
#include "storage/ownership.hpp"
#include "support/temporary_folder.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::access {

inline constexpr core::Scope orders_read{"orders:read"};
inline constexpr core::Scope orders_write{"orders:write"};
inline constexpr core::Scope events_read{"events:read"};
inline constexpr core::Scope admin{"admin", core::Scope::Holder::operations};

/// A database with the tables of the keys alone, and a clock that stands still.
struct KeyFixture {
  KeyFixture() {
    constexpr std::array<std::string_view, 2> owners{storage::Ownership::storage_layer, owner};
    const auto known = storage::embedded_migrations();
    storage::migrate(connection, storage::migrations_of(owners, known), known, clock.now());
  }

  storage::Session session() { return connection.session(owner); }

  MadeKey make(const std::string& name, const std::string& scopes = "orders:read",
               std::optional<core::Duration> lifetime = {}) {
    const NewKey new_key{.name = name, .scopes = Scopes::from_text(scopes), .lifetime = lifetime};
    return *create_key(session(), new_key, clock.now());
  }

  std::vector<ApiKey> keys() { return all_keys(session()); }

  core::ManualClock clock{core::from_micros(1'800'000'000'000'000)};
  test::TemporaryFolder folder;
  storage::Connection connection{folder.path() / "orderflow.db",
                                 storage::Connection::Mode::read_write};
};

}  // namespace orderflow::access
