#pragma once

#include "core/random.hpp"
#include "storage/connection.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace orderflow::storage {

/// The node's name, which is the `origin` of its events. Read from the database; where it has none
/// yet it is `wanted`, or one made of `random`, and kept for good. Throws `std::runtime_error`
/// where `wanted` is given and the database belongs to a node of another name.
std::string node_name(Connection& connection, std::string_view wanted, core::Random& random);

/// Gives the node of a copied database another name; what it had. Within a transaction of the
/// caller. Throws `std::runtime_error` where the database has no node yet.
std::string rename_node(Connection& connection, std::string_view name);

/// The modules of a start of a node.
struct NodeModules {
  using Names = std::set<std::string, std::less<>>;

  Names hosted;
  Names known;  ///< those that the program has; empty where it is too old to have kept them
};

/// Those of the last start; both empty where there was none.
NodeModules last_modules(Connection& connection);

/// How `now` differs from `before` by the operator's choice, in words; empty where it does not.
/// That a program has a module more or less than the one before is no such choice.
std::string change_of_modules(const NodeModules& before, const NodeModules& now);

/// Keeps which modules the node hosts from now on.
void record_modules(Connection& connection, const NodeModules& modules);

}  // namespace orderflow::storage
