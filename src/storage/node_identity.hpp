#pragma once

#include "core/random.hpp"
#include "storage/connection.hpp"

#include <string>
#include <string_view>

namespace orderflow::storage {

/// The node's name, which is the `origin` of its events. Read from the database; where it has none
/// yet it is `wanted`, or one made of `random`, and kept for good. Throws `std::runtime_error`
/// where `wanted` is given and the database belongs to a node of another name.
std::string node_name(Connection& connection, std::string_view wanted, core::Random& random);

}  // namespace orderflow::storage
