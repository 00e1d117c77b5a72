#pragma once

#include "events/log/event.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::rabbitmq {

/// The routing key of a node that hosts every module: `<kind>.v<version>`.
std::string export_key(const events::EventMeta& event);

/// The routing key where modules are spread over nodes: `<kind>.v<version>.<shard>.<home>`.
std::string split_key(const events::EventMeta& event, unsigned shards);

/// Binds events of a kind in all versions. `shard` and `home` are words of the key, `*` for any.
std::string split_binding(std::string_view kind, std::string_view shard, std::string_view home);

/// The queue that a module has on one node. `shared` is that of all its nodes, without a shard.
std::string own_queue(std::string_view shared, std::string_view node);

}  // namespace orderflow::rabbitmq
