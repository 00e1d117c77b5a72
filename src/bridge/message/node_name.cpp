#include "bridge/message/node_name.hpp"

#include <algorithm>

namespace orderflow::bridge {

bool is_node_name(std::string_view name) noexcept {
  // What stands in these places of queues' names is taken.
  if (name == "dead" || name.starts_with("shard-")) return false;
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

}  // namespace orderflow::bridge
