#include "faults/simulation/verdict/webhook_verdict.hpp"

#include "faults/simulation/verdict/plain_database.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace orderflow::simulation {
namespace {

/// What an endpoint gets that asks for no kinds.
const std::set<std::string> public_kinds{
    "order.created",     "order.cancel_requested", "order.processed",         "payment.refunded",
    "notification.sent", "notification.failed",    "payment.refund_abandoned"};

class WebhookJudge {
 public:
  WebhookJudge(const std::filesystem::path& database, const WebhookOwners& owners,
               const WebhookReceivers& receivers, test::Findings& findings)
      : owners_(owners), receivers_(receivers), findings_(findings) {
    PlainDatabase plain(database);
    for (const auto& row : plain.rows("SELECT seq, kind, key, lower(hex(id)) FROM event_log UNION"
                                      " SELECT seq, kind, key, replace(id, '-', '') FROM"
                                      " ledger_archive")) {
      log_.emplace(std::stoll(row[0]), Published{.kind = row[1], .key = row[2], .id = row[3]});
    }
    for (const auto& row : plain.rows("SELECT url, state FROM webhooks_endpoint"))
      states_.emplace(row[0], row[1]);
    for (const auto& row : plain.rows("SELECT url, seq FROM webhooks_delivery d"
                                      " JOIN webhooks_endpoint e ON e.id = d.endpoint_id"
                                      " WHERE attempts_before > 0")) {
      sent_again_.emplace(row[0], std::stoll(row[1]));
    }
    for (const auto& row : plain.rows("SELECT url, seq, d.state FROM webhooks_delivery d"
                                      " JOIN webhooks_endpoint e ON e.id = d.endpoint_id"
                                      " WHERE e.state = 'enabled' AND d.seq > e.canceled_to"
                                      " AND d.state IN ('due', 'parked')")) {
      findings_.add("not at rest", "webhook " + row[0] + " " + row[1] + " " + row[2]);
    }
  }

  void check_receivers(Tally& tally) {
    for (const auto& [url, receiver] : receivers_.receivers()) {
      std::map<std::string, std::int64_t> last;
      for (const std::int64_t seq : receiver.order) {
        const auto& taken = receiver.taken.at(seq);
        ++tally.webhooks;
        tally.webhook_copies += static_cast<std::uint64_t>(taken.copies);
        check_content(url, seq, taken);
        std::int64_t& before = last[taken.key];
        if (seq < before && !may_be_late(url, seq)) {
          findings_.add("webhooks out of order", url + " " + taken.key + " " + std::to_string(seq) +
                                                     " came after " + std::to_string(before));
        }
        before = std::max(before, seq);
      }
    }
    for (const std::string& what : receivers_.intrusions())
      findings_.add("webhook after the end", what);
    for (const std::string& id : receivers_.contradictions())
      findings_.add("wrong webhook", id + " came in two ways");
  }

  void check_owners(Tally& tally) {
    for (const WebhookOwners::Endpoint& endpoint : owners_.endpoints()) {
      const auto found = states_.find(endpoint.url);
      const bool is_there = found != states_.end() && found->second != "deleted";
      if (endpoint.is_removed && is_there) findings_.add("lost", "removal of " + endpoint.url);
      if (endpoint.since && !is_there) findings_.add("lost", "webhook " + endpoint.url);
      if (endpoint.since && is_there && found->second == "enabled") {
        check_completeness(endpoint, tally);
      }
    }
  }

 private:
  struct Published {
    std::string kind;
    std::string key;
    std::string id;
  };

  void check_content(const std::string& url, std::int64_t seq,
                     const WebhookReceivers::Taken& taken) {
    const auto published = log_.find(seq);
    std::string id = taken.id;
    std::erase(id, '-');
    if (published == log_.end() || published->second.kind != taken.kind ||
        published->second.key != taken.key || published->second.id != id) {
      findings_.add("wrong webhook", url + " " + std::to_string(seq) + " is of no event");
    }
  }

  bool may_be_late(const std::string& url, std::int64_t seq) const {
    return sent_again_.contains({url, seq}) || owners_.may_have_resent(url, seq);
  }

  void check_completeness(const WebhookOwners::Endpoint& endpoint, Tally& tally) {
    const auto& kinds = endpoint.kinds.empty() ? public_kinds : endpoint.kinds;
    const auto receiver = receivers_.receivers().find(endpoint.url);
    for (auto published = log_.upper_bound(*endpoint.since); published != log_.end(); ++published) {
      if (!kinds.contains(published->second.kind)) continue;
      ++tally.webhooks_awaited;
      if (receiver != receivers_.receivers().end() &&
          receiver->second.taken.contains(published->first)) {
        continue;
      }
      findings_.add("webhook lost", endpoint.url + " " + std::to_string(published->first) + " " +
                                        published->second.kind + " since " +
                                        std::to_string(*endpoint.since));
    }
  }

  const WebhookOwners& owners_;
  const WebhookReceivers& receivers_;
  test::Findings& findings_;
  std::map<std::int64_t, Published> log_;
  std::map<std::string, std::string> states_;  // by URL
  std::set<std::pair<std::string, std::int64_t>> sent_again_;
};

}  // namespace

void judge_webhooks(const std::filesystem::path& database, const WebhookOwners& owners,
                    const WebhookReceivers& receivers, test::Findings& findings, Tally& tally) {
  WebhookJudge judge(database, owners, receivers, findings);
  judge.check_receivers(tally);
  judge.check_owners(tally);
  tally.webhook_endpoints += owners.counts().made;
  tally.webhook_changes += owners.counts().changed;
  tally.webhook_removals += owners.counts().removed;
  tally.webhooks_resent += owners.counts().resent;
  tally.webhook_requests += receivers.counts().requests;
  tally.webhook_troubles += receivers.counts().troubles;
  tally.webhook_outages += receivers.counts().outages;
  tally.webhooks_gone += receivers.counts().gone;
}

}  // namespace orderflow::simulation
