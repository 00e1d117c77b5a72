#pragma once

#include "core/random.hpp"

#include <chrono>
#include <memory>

namespace orderflow::bridge {

struct ReconnectPolicy {
  std::chrono::milliseconds first_delay{200};
  std::chrono::milliseconds delay_max{30'000};
  std::chrono::milliseconds refused_retry{
      60'000};  ///< after what will most likely be refused again
};

/// How long one connection's thread waits before it connects again: exponential with full jitter,
/// so that the nodes of a broker that comes back do not all come at once.
class ReconnectPause {
 public:
  /// A connection that has lasted so long is no failure, even where nothing came or went on it.
  static constexpr std::chrono::seconds proven_after{10};

  ReconnectPause(const ReconnectPolicy& policy, std::unique_ptr<core::Random> random);

  /// Evenly spread over [0, min(delay_max, first_delay * 2^(failures in a row before))].
  std::chrono::milliseconds after_failure();
  std::chrono::milliseconds after_refusal() const noexcept { return policy_.refused_retry; }

  /// The connection has been of use: the next failure is the first.
  void worked() noexcept { failures_ = 0; }

 private:
  ReconnectPolicy policy_;
  std::unique_ptr<core::Random> random_;
  int failures_ = 0;
};

}  // namespace orderflow::bridge
