#include "key_admin/key_administration.hpp"

#include "access/key_store.hpp"
#include "events/log/event_log.hpp"
#include "key_admin/key_json.hpp"
#include "key_admin/key_operations.hpp"
#include "storage/data_folder.hpp"
#include "storage/migration.hpp"
#include "storage/ownership.hpp"
#include "storage/program_versions.hpp"
#include "storage/transaction.hpp"

#include <array>
#include <utility>

namespace orderflow::key_admin {
namespace {

using nlohmann::json;

constexpr const char* keys_path = "/v1/admin/keys";

class NodeKeys final : public KeyAdministration {
 public:
  explicit NodeKeys(cli::NodeAddress address) : client_(std::move(address)) {}

  json list() override { return client_.get(keys_path); }

  json create(const std::string& name, const access::Scopes& scopes,
              std::optional<std::chrono::seconds> lifetime) override {
    json body = {{"name", name}, {"scopes", scopes.names()}};
    if (lifetime) body["expiresInSeconds"] = lifetime->count();
    return client_.post(keys_path, body);
  }

  json revoke(const std::string& id) override {
    return client_.ask({.method = "DELETE", .path = path_of(id)}).document;
  }

  json rotate(const std::string& id, std::chrono::seconds overlap) override {
    const json body = {{"overlapSeconds", overlap.count()}};
    return client_.post(path_of(id) + "/rotate", body);
  }

 private:
  static std::string path_of(const std::string& id) { return keys_path + ("/" + cli::escaped(id)); }

  cli::NodeClient client_;
};

class FolderKeys final : public KeyAdministration {
 public:
  FolderKeys(const std::filesystem::path& folder, storage::FolderRule rule)
      : folder_(folder, rule),
        connection_(folder_.database(), storage::Connection::Mode::read_write) {
    constexpr std::array<std::string_view, 3> owners{storage::Ownership::storage_layer,
                                                     events::event_owner, access::owner};
    const auto known = storage::embedded_migrations();
    storage::migrate(connection_, storage::migrations_of(owners, known), known, clock_.now());
    storage::record_program(connection_, ORDERFLOW_VERSION);
  }

  json list() override {
    return to_json(access::all_keys(connection_.session(access::owner)), clock_.now());
  }

  json create(const std::string& name, const access::Scopes& scopes,
              std::optional<std::chrono::seconds> lifetime) override {
    const access::NewKey new_key{.name = name, .scopes = scopes, .lifetime = lifetime};
    return change([&] { return create_key(connection_, actor(), new_key, clock_.now()); });
  }

  json revoke(const std::string& id) override {
    return change([&] { return revoke_key(connection_, actor(), id, clock_.now()); });
  }

  json rotate(const std::string& id, std::chrono::seconds overlap) override {
    return change([&] { return rotate_key(connection_, actor(), id, overlap, clock_.now()); });
  }

 private:
  static events::Actor actor() { return {"command-line", ""}; }

  template <class Operation>
  json change(Operation operation) {
    storage::Transaction transaction(connection_);
    const auto outcome = operation();
    if (!outcome) throw KeyCommandRefused(outcome.error().detail);
    transaction.commit();
    return to_json(*outcome, clock_.now());
  }

  const core::SystemClock clock_;
  storage::DataFolder folder_;
  storage::Connection connection_;
};

}  // namespace

std::unique_ptr<KeyAdministration> keys_of_node(cli::NodeAddress address) {
  return std::make_unique<NodeKeys>(std::move(address));
}

std::unique_ptr<KeyAdministration> keys_in_folder(const std::filesystem::path& folder, bool make,
                                                  storage::FolderRule rule) {
  if (!make && !std::filesystem::exists(folder / "orderflow.db")) {
    throw KeyCommandRefused("there is no node in " + folder.string() +
                            ": it has no file orderflow.db. Choose its folder with --data");
  }
  return std::make_unique<FolderKeys>(folder, rule);
}

}  // namespace orderflow::key_admin
