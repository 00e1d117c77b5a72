#include "key_admin/first_keys.hpp"

#include "access/api_key.hpp"
#include "key_admin/key_administration.hpp"
#include "storage/own_file.hpp"
#include "telemetry/log.hpp"

#include <fcntl.h>

#include <optional>
#include <string>

namespace orderflow::key_admin {
namespace {

namespace fs = std::filesystem;

/// On disk before the key is valid.
void write_key(storage::OwnFile& file, const std::string& key) {
  file.write(key + '\n');
  file.sync();
}

}  // namespace

void make_first_keys(const fs::path& folder, const fs::path& data, const FirstKeyScopes& scopes,
                     storage::FolderRule rule) {
  const auto keys = keys_in_folder(data, true, rule);
  if (!keys->list().at("keys").empty()) return;
  // The files exist, with their modes, before the keys do.
  storage::OwnFile for_operator(AT_FDCWD, folder / "operator.key", 0600);
  storage::OwnFile for_metrics(AT_FDCWD, folder / "metrics.key", 0640);
  const auto make = [&keys](const char* name, const access::Scopes& allowed) {
    return keys->create(name, allowed, std::nullopt).at("key").get<std::string>();
  };
  write_key(for_operator, make("operator", scopes.of_operator));
  write_key(for_metrics, make("metrics", scopes.of_metrics));
  telemetry::log("access").info("the first keys were made folder=\"{}\"", folder.string());
}

}  // namespace orderflow::key_admin
