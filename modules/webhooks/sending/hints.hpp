#pragma once

#include "endpoint/endpoint.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace orderflow::webhooks {

/// Endpoints that may have something to be sent, until they are taken. Bounded by the endpoints
/// that there are. Safe from any thread.
class Hints {
 public:
  /// True: the owner has changed the endpoint.
  using Taken = std::map<EndpointId, bool>;

  void add(EndpointId id, bool has_changed) {
    const std::lock_guard lock(mutex_);
    hints_[id] |= has_changed;
  }

  Taken take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(hints_, {});
  }

 private:
  std::mutex mutex_;
  Taken hints_;
};

}  // namespace orderflow::webhooks
