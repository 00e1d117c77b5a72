#pragma once

#include "faults/load.hpp"
#include "support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <random>

namespace orderflow::test {

/// How many users all buyers of a load order for.
inline constexpr int load_users = 200;

/// Makes up orders: some are fraud, some are declined or free, some meet a gateway that is slow or
/// fails at first. Belongs to one thread.
class Buyer {
 public:
  Buyer(unsigned number, std::uint64_t seed, std::chrono::milliseconds pause_max,
        Till till = Till::simulated);

  /// Places one more order.
  Attempt order(HttpClient& client);

  void pause();

 private:
  int pick(int low, int high);
  nlohmann::json make_items(Attempt& attempt, int kind);

  unsigned number_;
  std::mt19937_64 random_;
  int pause_us_max_;
  Till till_;
  int orders_ = 0;
};

}  // namespace orderflow::test
