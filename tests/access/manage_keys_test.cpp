#include "access/manage_keys.hpp"

#include "access/key_fixture.hpp"
#include "access/key_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace orderflow::access {
namespace {

using namespace std::chrono_literals;
using Reason = KeyRefusal::Reason;

TEST_CASE_FIXTURE(KeyFixture, "of a key's text only the hash is kept") {
  const MadeKey made = make("shop");
  REQUIRE(keys().size() == 1);
  CHECK(keys()[0].hash == hash_of(made.text));
  connection.run("PRAGMA wal_checkpoint(TRUNCATE)");
  std::ifstream file(folder.path() / "orderflow.db", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  CHECK(bytes.find("shop") != std::string::npos);
  CHECK(bytes.find(made.text.substr(21)) == std::string::npos);
}

TEST_CASE_FIXTURE(KeyFixture, "a key ends at the end of its life") {
  make("shop", "orders:read", 1h);
  CHECK(keys()[0].state(clock.now()) == "valid");
  clock.advance(1h - 1us);
  CHECK(keys()[0].is_valid(clock.now()));
  clock.advance(1us);
  CHECK(keys()[0].state(clock.now()) == "expired");
}

TEST_CASE_FIXTURE(KeyFixture, "a revoked key has ended, and cannot be revoked again") {
  const MadeKey made = make("shop", "orders:read", 1h);
  const auto revoked = revoke_key(session(), made.key.id, clock.now());
  REQUIRE(revoked.has_value());
  CHECK(keys()[0].state(clock.now()) == "revoked");
  clock.advance(2h);
  CHECK(keys()[0].state(clock.now()) == "revoked");
  CHECK(revoke_key(session(), made.key.id, clock.now()).error().reason == Reason::has_ended);
  CHECK(revoke_key(session(), "0000000000000000", clock.now()).error().reason ==
        Reason::no_such_key);
}

TEST_CASE_FIXTURE(KeyFixture, "a rotated key and its successor are both valid for the overlap") {
  const MadeKey old = make("shop", "orders:read orders:write", 90h);
  clock.advance(10h);
  const auto fresh = rotate_key(session(), old.key.id, 24h, clock.now());
  REQUIRE(fresh.has_value());
  CHECK(fresh->text != old.text);
  CHECK(fresh->key.name == "shop");
  CHECK(fresh->key.scopes.text() == "orders:read orders:write");
  CHECK(fresh->key.replaces == old.key.id);
  CHECK(fresh->key.expires_at == clock.now() + 90h);
  const auto valid = [&] {
    return std::ranges::count_if(keys(), [&](const auto& k) { return k.is_valid(clock.now()); });
  };
  CHECK(valid() == 2);
  clock.advance(24h);
  CHECK(valid() == 1);
  CHECK(rotate_key(session(), old.key.id, 24h, clock.now()).error().reason == Reason::has_ended);
}

TEST_CASE_FIXTURE(KeyFixture,
                  "what was rotated without an overlap stays ended, whatever the clock shows") {
  const MadeKey old = make("shop");
  REQUIRE(rotate_key(session(), old.key.id, 0s, clock.now()).has_value());
  clock.jump(-1h);
  const auto found = keys();
  const auto ended = std::ranges::find(found, old.key.id, &ApiKey::id);
  CHECK_FALSE(ended->is_valid(clock.now()));
  CHECK(ended->state(clock.now()) == "revoked");
}

TEST_CASE_FIXTURE(KeyFixture, "an overlap does not lengthen a key's life") {
  const MadeKey old = make("shop", "orders:read", 1h);
  REQUIRE(rotate_key(session(), old.key.id, 24h, clock.now()).has_value());
  const auto found = keys();
  CHECK(std::ranges::find(found, old.key.id, &ApiKey::id)->expires_at == clock.now() + 1h);
}

TEST_CASE_FIXTURE(KeyFixture, "a name belongs to one client as long as a key of it is valid") {
  const NewKey new_key{.name = "shop", .scopes = Scopes::from_text("admin")};
  const MadeKey made = make("shop");
  CHECK(create_key(session(), new_key, clock.now()).error().reason == Reason::name_taken);
  REQUIRE(revoke_key(session(), made.key.id, clock.now()).has_value());
  CHECK(create_key(session(), new_key, clock.now()).has_value());
}

TEST_CASE_FIXTURE(KeyFixture,
                  "a successor has the holder of its key, a new key of the name another") {
  const MadeKey made = make("shop");
  const auto successor = rotate_key(session(), made.key.id, 24h, clock.now());
  REQUIRE(successor.has_value());
  for (const std::string& id : {made.key.id, successor->key.id})
    REQUIRE(revoke_key(session(), id, clock.now()).has_value());
  const MadeKey fresh = make("shop");
  const auto kept = keys();
  const auto holder_of = [&](const std::string& id) {
    return std::ranges::find(kept, id, &ApiKey::id)->holder;
  };
  CHECK(holder_of(successor->key.id) == holder_of(made.key.id));
  CHECK(holder_of(fresh.key.id) != holder_of(made.key.id));
  CHECK_FALSE(is_key_name(holder_of(fresh.key.id)));
}

TEST_CASE("keys from before holders existed keep the name that their answers were kept under") {
  test::TemporaryFolder folder;
  storage::Connection connection(folder.path() / "orderflow.db",
                                 storage::Connection::Mode::read_write);
  constexpr std::array<std::string_view, 2> owners{storage::Ownership::storage_layer, owner};
  const auto known = storage::embedded_migrations();
  auto before = storage::migrations_of(owners, known);
  std::erase_if(before, [](const auto& step) { return step.owner == owner && step.number > 1; });
  storage::migrate(connection, before, known, core::from_micros(1));
  connection.session(owner).execute(
      "INSERT INTO access_key(id, name, scopes, hash, created_at)"
      " VALUES('0123456789abcdef', 'shop', 'orders:read', zeroblob(32), 1)");
  storage::migrate(connection, storage::migrations_of(owners, known), known, core::from_micros(2));
  const auto kept = all_keys(connection.session(owner));
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].holder == "shop");
  const auto successor =
      rotate_key(connection.session(owner), kept[0].id, 1h, core::from_micros(2));
  REQUIRE(successor.has_value());
  CHECK(successor->key.holder == "shop");
}

TEST_CASE_FIXTURE(KeyFixture, "keys are bounded in number, and those long ended make room") {
  for (std::size_t i = 0; i < keys_max; ++i)
    make("client-" + std::to_string(i), "orders:read", 1h);
  const NewKey new_key{.name = "one-more", .scopes = Scopes::from_text("admin")};
  CHECK(create_key(session(), new_key, clock.now()).error().reason == Reason::too_many);
  clock.advance(24h * 91);
  CHECK(create_key(session(), new_key, clock.now()).has_value());
  CHECK(keys().size() == 1);
}

TEST_CASE("names are plain, and none is that of the user without a key") {
  for (const char* name : {"shop", "a", "web-shop_2.eu", "A1"})
    CHECK(is_key_name(name));
  for (const char* name : {"", "local", "two words", "slash/", "ümlaut", "new\nline"})
    CHECK_FALSE(is_key_name(name));
  CHECK_FALSE(is_key_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace orderflow::access
