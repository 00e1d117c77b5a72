#pragma once

#include <string_view>

namespace orderflow::bridge {

/// Whether a node can be named in messages and in the names of queues: 1 to 64 of `A-Z a-z 0-9 _
/// -`, and neither `dead` nor `shard-…`, which name other queues.
bool is_node_name(std::string_view name) noexcept;

}  // namespace orderflow::bridge
