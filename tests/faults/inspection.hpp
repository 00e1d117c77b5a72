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

/// Which node answers for what. One node may be several of them, or all.
struct NodesOfModules {
  HttpClient& orders;
  std::vector<HttpClient*> billing;
  HttpClient& notifications;
  HttpClient& users;
};

/// Compares what nodes answer over REST, and what is in the mail folder, with what the buyers know.
class Inspection {
 public:
  /// Of one node that hosts all. `attempts` must outlive the inspection.
  Inspection(HttpClient& client, const std::vector<Attempt>& attempts)
      : Inspection({client, {&client}, client, client}, attempts) {}
  Inspection(NodesOfModules nodes, const std::vector<Attempt>& attempts);

  /// Nodes of billing have died: another may have done the same work once more, which the payment
  /// gateway's books must not show.
  void allow_repeated_payments() noexcept { payments_may_repeat_ = true; }

  /// Waits until the nodes are done with every order, without a hand, then looks at everything.
  /// `data` is that of the node that notifies.
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

  /// What the log holds of one order.
  struct History {
    std::int64_t created = 0;  ///< the position of the event, 0 where there is none
    std::int64_t requested = 0;
    std::int64_t processed = 0;
  };

  void wait_until_final();
  void check_orders();
  void check_order(const nlohmann::json& document);
  void check_payments();
  void check_notifications(const std::filesystem::path& data);
  using Histories = std::map<std::string, History>;

  bool is_split() const noexcept { return nodes_.billing.front() != &nodes_.orders; }
  Histories read_log(HttpClient& client);
  void check_logs();
  void check_history(const std::string& order_id, const Order& order, const History& history);
  void check_statistics();

  const NodesOfModules nodes_;
  bool payments_may_repeat_ = false;
  const std::vector<Attempt>& attempts_;
  std::unordered_map<std::string, const Attempt*> attempt_by_marker_;
  std::map<std::string, Order> orders_;
  std::size_t stored_unanswered_ = 0;
  Findings findings_;
};

}  // namespace orderflow::test
