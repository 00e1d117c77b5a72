#pragma once

#include "endpoint/endpoint.hpp"

#include <vector>

namespace orderflow::webhooks {

/// Told what may have given the sender work. Hints: the rows are the truth. Safe from any thread.
class Wakeup {
 public:
  virtual ~Wakeup() = default;

  /// These endpoints have something new to be sent.
  virtual void has_work(const std::vector<EndpointId>& endpoints) noexcept = 0;

  /// The owner has changed an endpoint: what is known of its health counts no more, and there may
  /// be rows to mark or remove.
  virtual void has_changed(EndpointId endpoint) noexcept = 0;
};

}  // namespace orderflow::webhooks
