#pragma once

#include "core/random.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <vector>

namespace orderflow::commands {

/// Orders of a small shop, the same for the same seed. Most are paid; in each twenty one
/// is fraud, two are declined, one is charged only at the third attempt, and of one the mails fail.
/// Addresses are of domains that reach nobody (RFC 2606), so that a node with a real mail server
/// bothers no one.
class DemoTraffic {
 public:
  explicit DemoTraffic(std::uint64_t seed) : random_(seed) {}

  /// The body of the next `POST /v1/orders`.
  nlohmann::json next();

 private:
  enum class Fate { paid, fraud, declined, charged_late, unreachable };

  Fate next_fate();
  std::uint64_t pick(std::uint64_t bound) { return random_.below(bound); }

  core::SeededRandom random_;
  std::vector<Fate> fates_;  // of the orders to come, the next one last
};

}  // namespace orderflow::commands
