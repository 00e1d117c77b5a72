#pragma once

#include "core/random.hpp"
#include "storage/connection.hpp"

#include <span>
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

/// Keeps which modules the node hosts from now on.
void record_hosted(Connection& connection, std::span<const std::string_view> modules);

}  // namespace orderflow::storage
