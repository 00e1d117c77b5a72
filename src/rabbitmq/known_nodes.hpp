#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::rabbitmq {

/// A node that hosts a module.
struct KnownNode {
  std::string module;
  std::string node;

  friend auto operator<=>(const KnownNode&, const KnownNode&) = default;
};

/// The other nodes that this one has come across in events, whose own queues somebody has to keep
/// an eye on. Bounded: of more than `nodes_max` the later ones are not known. Safe from any thread.
class KnownNodes {
 public:
  static constexpr std::size_t nodes_max = 64;

  /// `self` is this node, which is none of them.
  explicit KnownNodes(std::string self) : self_(std::move(self)) {}

  void add(std::string_view module, std::string_view node) {
    if (node.empty() || node == self_) return;
    const std::lock_guard lock(mutex_);
    if (nodes_.size() < nodes_max) nodes_.insert({std::string(module), std::string(node)});
  }

  void forget(const KnownNode& node) {
    const std::lock_guard lock(mutex_);
    nodes_.erase(node);
  }

  std::vector<KnownNode> all() const {
    const std::lock_guard lock(mutex_);
    return {nodes_.begin(), nodes_.end()};
  }

 private:
  const std::string self_;
  mutable std::mutex mutex_;
  std::set<KnownNode> nodes_;
};

}  // namespace orderflow::rabbitmq
