#include "rabbitmq/routing.hpp"

namespace orderflow::rabbitmq {

std::string export_key(const events::EventMeta& event) {
  return event.kind + ".v" + std::to_string(event.version);
}

std::string split_key(const events::EventMeta& event) {
  return export_key(event) + ".any." + event.home;
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
