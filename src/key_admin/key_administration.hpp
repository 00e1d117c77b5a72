#pragma once

#include "access/scopes.hpp"
#include "cli/node_client.hpp"
#include "storage/folder_rule.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace orderflow::key_admin {

/// A key command cannot be carried out; what() gives the reason.
class KeyCommandRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The keys that a key command works on. Answers are the documents of `/v1/admin/keys`. Every
/// function throws `KeyCommandRefused`, `cli::NodeRefused` or `cli::NodeUnreachable` where it did
/// nothing.
class KeyAdministration {
 public:
  virtual ~KeyAdministration() = default;
  virtual nlohmann::json list() = 0;
  virtual nlohmann::json create(const std::string& name, const access::Scopes& scopes,
                                std::optional<std::chrono::seconds> lifetime) = 0;
  virtual nlohmann::json revoke(const std::string& id) = 0;
  virtual nlohmann::json rotate(const std::string& id, std::chrono::seconds overlap) = 0;
};

/// The REST interface of a running node.
std::unique_ptr<KeyAdministration> keys_of_node(cli::NodeAddress address);

/// The database of a stopped node; the folder is locked meanwhile. Throws
/// `storage::DataFolderInUse` where the node runs. With `make` a missing database is created, else
/// it is `KeyCommandRefused`. `rule` limits what the folder may be; throws
/// `storage::DataFolderError` too.
std::unique_ptr<KeyAdministration> keys_in_folder(const std::filesystem::path& folder, bool make,
                                                  storage::FolderRule rule = {});

}  // namespace orderflow::key_admin
