#include "rabbitmq/routing.hpp"

namespace orderflow::rabbitmq {

unsigned shard_of(std::string_view key, unsigned shards) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : key) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return shards == 0 ? 0 : static_cast<unsigned>(hash % shards);
}

std::string export_key(const events::EventMeta& event) {
  return event.kind + ".v" + std::to_string(event.version);
}

std::string split_key(const events::EventMeta& event, unsigned shards) {
  return export_key(event) + "." + std::to_string(shard_of(event.key, shards)) + "." + event.home;
}

std::string split_binding(std::string_view kind, std::string_view shard, std::string_view home) {
  std::string key(kind);
  key.append(".*.").append(shard).append(".").append(home);
  return key;
}

std::string own_queue(std::string_view shared, std::string_view node) {
  return std::string(shared).append(".").append(node);
}

}  // namespace orderflow::rabbitmq
