#include "rabbitmq/nodes/shard_balance.hpp"

#include "telemetry/log.hpp"

#include <algorithm>

namespace orderflow::rabbitmq {
namespace {

telemetry::Logger& shard_log() {
  static telemetry::Logger& instance = telemetry::log("rabbitmq");
  return instance;
}

}  // namespace

ShardBalance::ShardBalance(const std::vector<ShardedQueues>& modules, Queues& queues)
    : planned_(modules), queues_(queues) {
  for (const ShardedQueues& planned : planned_) {
    Module& module = modules_.emplace_back(Module{.queue = planned.queue, .shards = {}});
    for (const bridge::ConsumedQueue& queue : planned.shards)
      module.shards.push_back({.queue = &queue});
  }
}

void ShardBalance::begin(Connection& connection) {
  for (Module& module : modules_)
    module.seats.emplace(connection, module.queue, static_cast<unsigned>(module.shards.size()));
  look_at_ = {};
}

void ShardBalance::forget() {
  for (Module& module : modules_) {
    module.seats.reset();
    for (Shard& shard : module.shards)
      shard.hold = Hold::none;
  }
}

std::optional<ShardBalance::Clock::time_point> ShardBalance::next() const {
  return modules_.empty() ? std::nullopt : std::optional(look_at_);
}

void ShardBalance::look(Clock::time_point now) {
  for (Module& module : modules_)
    finish(module, now);
  if (now < look_at_) return;
  look_at_ = now + look_every;
  for (Module& module : modules_)
    share(module, now);
}

void ShardBalance::share(Module& module, Clock::time_point now) {
  const std::vector<unsigned> mine = module.seats->look();
  for (unsigned number = 0; number < module.shards.size(); ++number) {
    Shard& shard = module.shards[number];
    const bool is_mine = std::ranges::binary_search(mine, number);
    if (is_mine && shard.hold == Hold::none && module.seats->claim(number)) {
      queues_.open(*shard.queue);
      shard.hold = Hold::held;
      shard_log().info("works on queue={}", shard.queue->name);
    } else if (!is_mine && shard.hold == Hold::held) {
      queues_.leave(*shard.queue);
      shard.hold = Hold::leaving;
      shard.leaves_at = now + leaving_max;
    }
  }
}

void ShardBalance::finish(Module& module, Clock::time_point now) {
  for (unsigned number = 0; number < module.shards.size(); ++number) {
    Shard& shard = module.shards[number];
    if (shard.hold != Hold::leaving) continue;
    if (!queues_.is_finished(*shard.queue) && now < shard.leaves_at) continue;
    queues_.close(*shard.queue);
    module.seats->release(number);
    shard.hold = Hold::none;
    shard_log().info("gives up queue={}", shard.queue->name);
  }
}

}  // namespace orderflow::rabbitmq
