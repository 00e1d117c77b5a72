#pragma once

#include "access/scopes.hpp"
#include "storage/folder_rule.hpp"

#include <filesystem>

namespace orderflow::key_admin {

/// What the first keys may do.
struct FirstKeyScopes {
  access::Scopes of_operator;
  access::Scopes of_metrics;
};

/// For a node that starts unattended, as in a container: where the node in `data` has never had a
/// key, makes two and writes them into `folder`: operator.key, which may do everything, readable by
/// its owner alone, and metrics.key, which reads /metrics, readable by its group too. Nothing is
/// made where `folder` cannot take both, also because a link or another user's file is in their
/// place. `rule` is the data folder's. The node must not run. Throws `storage::FileRefused`, and
/// what `keys_in_folder` throws.
void make_first_keys(const std::filesystem::path& folder, const std::filesystem::path& data,
                     const FirstKeyScopes& scopes, storage::FolderRule rule = {});

}  // namespace orderflow::key_admin
