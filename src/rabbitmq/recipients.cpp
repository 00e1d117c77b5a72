#include "rabbitmq/recipients.hpp"

#include "rabbitmq/routing.hpp"
#include "rabbitmq/topology.hpp"

#include <utility>

namespace orderflow::rabbitmq {

Recipients::Recipients(const bridge::PlannedNode& node, const events::Catalog& catalog,
                       const Settings& settings)
    : settings_(settings), catalog_(catalog), node_(node.name), audiences_(node, catalog) {}

std::vector<const Recipient*> Recipients::of(const events::EventMeta& event) {
  std::vector<const Recipient*> found;
  for (const bridge::Audience& audience : audiences_.of(event.kind)) {
    if (!audience.is_home) {
      found.push_back(&shared(audience.module, event.key));
    } else if (event.home != node_) {
      found.push_back(&home(audience.module, event.home));
    }
  }
  return found;
}

std::vector<const Recipient*> Recipients::known() {
  std::vector<const Recipient*> found;
  for (const std::string& module : audiences_.shared()) {
    const std::vector<const Recipient*>& queues = shards_of(module);
    found.insert(found.end(), queues.begin(), queues.end());
  }
  return found;
}

std::vector<const Recipient*>& Recipients::shards_of(const std::string& module) {
  std::vector<const Recipient*>& queues = shared_[module];
  if (!queues.empty()) return queues;
  const unsigned shards = bridge::shards_of(catalog_, module, settings_.shards);
  for (unsigned shard = 0; shard < shards; ++shard)
    queues.push_back(&at(shard_queue(settings_, module, shards, shard), module, shards));
  return queues;
}

const Recipient& Recipients::shared(const std::string& module, std::string_view key) {
  const std::vector<const Recipient*>& queues = shards_of(module);
  return *queues[bridge::shard_of(key, static_cast<unsigned>(queues.size()))];
}

const Recipient& Recipients::home(const std::string& module, const std::string& node) {
  auto& homes = homes_[module];
  const auto found = homes.find(node);
  if (found != homes.end()) return *found->second;
  if (homes_count_ == homes_max) return shared(module, {});
  ++homes_count_;
  const Recipient& made = at(own_queue(settings_.queues.at(module), node), module, 1);
  homes.emplace(node, &made);
  return made;
}

const Recipient& Recipients::at(std::string queue, const std::string& module, unsigned shards) {
  const auto number = static_cast<std::uint32_t>(all_.size() + 1);
  return all_.emplace_back(Recipient{.number = number,
                                     .route = {.routing_key = std::move(queue)},
                                     .arguments = queue_arguments(settings_, module, shards)});
}

}  // namespace orderflow::rabbitmq
