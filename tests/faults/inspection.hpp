#pragma once

#include "faults/findings.hpp"
#include "faults/load.hpp"
#include "support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace orderflow::test {

/// Compares what a node tells over REST, and what is in its mail folder, with what its buyers know.
class Inspection {
 public:
  /// `attempts` must outlive the inspection.
  Inspection(HttpClient& client, const std::vector<Attempt>& attempts);

  /// Waits until the node is done with every order, without a hand, then looks at everything.
  void run(const std::filesystem::path& data);

  const Findings& findings() const noexcept { return findings_; }

  /// Orders that are there although their buyer never had an answer.
  std::size_t stored_unanswered() const noexcept { return stored_unanswered_; }

 private:
  struct Order {
    std::string user_id;
    std::string status;
    std::string currency;
    std::int64_t amount;
    bool has_email;
  };

  /// What the log says of one order.
  struct History {
    std::int64_t created = 0;  ///< the place of the event, 0 where there is none
    std::int64_t requested = 0;
    std::int64_t processed = 0;
  };

  void wait_until_final();
  void check_orders();
  void check_order(const nlohmann::json& document);
  void check_payments();
  void check_notifications(const std::filesystem::path& data);
  void check_log();
  void check_history(const std::string& order_id, const Order& order, const History& history);
  void check_statistics();

  HttpClient& client_;
  const std::vector<Attempt>& attempts_;
  std::unordered_map<std::string, const Attempt*> attempt_by_marker_;
  std::map<std::string, Order> orders_;
  std::size_t stored_unanswered_ = 0;
  Findings findings_;
};

}  // namespace orderflow::test
