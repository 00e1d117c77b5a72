#pragma once

#include "core/random.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

namespace orderflow::app {

/// Orders as a small shop gets them, the same for the same seed: most are paid, about one in
/// fifteen is fraud, one in ten is declined, one in twelve is charged only at the third attempt,
/// and of one in fifteen the mails fail. Their addresses are of domains that reach nobody
/// (RFC 2606), so that a node with a real mail server bothers no one.
class DemoTraffic {
 public:
  explicit DemoTraffic(std::uint64_t seed) : random_(seed) {}

  /// The body of the next `POST /v1/orders`.
  nlohmann::json next();

 private:
  std::uint64_t pick(std::uint64_t bound) { return random_.below(bound); }
  bool one_in(std::uint64_t many) { return pick(many) == 0; }

  core::SeededRandom random_;
};

}  // namespace orderflow::app
