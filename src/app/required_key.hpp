#pragma once

#include "access/scope_catalog.hpp"
#include "app/settings.hpp"
#include "key_admin/first_keys.hpp"

#include <stdexcept>

namespace orderflow::app {

/// The node is to be reached by others, and no API key lets them in; what() explains what to do.
class KeyMissing : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws `KeyMissing` where others can reach the node and `has_key` is false: whether there is a
/// valid key, or can be one.
void require_key(const Settings& settings, bool has_key);

/// What the keys may do that a node makes for itself at its first start; `scopes` are all there
/// are.
key_admin::FirstKeyScopes first_key_scopes(const access::ScopeCatalog& scopes);

}  // namespace orderflow::app
