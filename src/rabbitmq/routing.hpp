#pragma once

#include "events/log/event.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace orderflow::rabbitmq {

/// The routing key of a node that hosts every module: `<kind>.v<version>`.
std::string export_key(const events::EventMeta& event);

/// The routing key for those who listen where modules are spread over nodes:
/// `<kind>.v<version>.any.<home>`. In place of `any` others, and nodes of version 0.1, name a
/// shard: the queues of modules are bound to these alone, because what a node of this version
/// publishes is sent straight to them.
std::string split_key(const events::EventMeta& event);

/// Binds events of a kind in all versions. `shard` and `home` are words of the key, `*` for all.
std::string split_binding(std::string_view kind, std::string_view shard, std::string_view home);

/// The queue that a module has on one node. `shared` is that of all its nodes, without a shard.
std::string own_queue(std::string_view shared, std::string_view node);

}  // namespace orderflow::rabbitmq
