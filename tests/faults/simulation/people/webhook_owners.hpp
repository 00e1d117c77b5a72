#pragma once

#include "core/random.hpp"
#include "faults/findings.hpp"
#include "faults/simulation/peers/webhook_receivers.hpp"
#include "faults/simulation/people/requests.hpp"
#include "faults/simulation/trace.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace orderflow::simulation {

/// Those who have webhooks registered, change and remove them, and have messages sent again.
class WebhookOwners {
 public:
  /// An endpoint as its owner knows it.
  struct Endpoint {
    std::string url;
    std::string id{};                     ///< empty: the owner was never answered
    std::set<std::string> kinds{};        ///< empty: all
    std::optional<std::int64_t> since{};  ///< enabled: what comes behind this position is sent
    bool is_removed = false;              ///< the owner has the answer
    bool is_in_doubt = false;             ///< a change was not answered
    int changes = 0;                      ///< that are not answered yet
  };

  WebhookOwners(Machine& machine, std::uint64_t seed, WebhookReceivers& receivers, Trace& trace,
                test::Findings& findings)
      : random_(seed),
        receivers_(receivers),
        trace_(trace),
        findings_(findings),
        requests_(machine, findings) {}

  /// Something of it, by chance.
  void act(SimulatedNode& node);

  /// Whatever disabled an endpoint, it is enabled again.
  void enable_all(SimulatedNode& node);
  /// What was given up is sent again.
  void resend_failed(SimulatedNode& node);

  void node_has_ended();
  void node_is_at_rest() { requests_.node_is_at_rest(); }

  const std::deque<Endpoint>& endpoints() const noexcept { return endpoints_; }
  /// What the owner wanted to be sent again, by address and position: it may come late.
  bool may_have_resent(const std::string& url, std::int64_t seq) const;

  struct Counts {
    std::uint64_t made = 0;
    std::uint64_t changed = 0;
    std::uint64_t removed = 0;
    std::uint64_t resent = 0;
  };
  const Counts& counts() const noexcept { return counts_; }

 private:
  void make(SimulatedNode& node);
  void change(SimulatedNode& node, Endpoint& endpoint, const std::string& body);
  void remove(SimulatedNode& node, Endpoint& endpoint);
  void resend(SimulatedNode& node, const Endpoint& endpoint);
  void note_resent(SimulatedNode& node, const std::string& url);
  void learn(SimulatedNode& node, Endpoint& endpoint, const http::Response& response);

  core::SeededRandom random_;
  WebhookReceivers& receivers_;
  Trace& trace_;
  test::Findings& findings_;
  Requests requests_;
  std::deque<Endpoint> endpoints_;  // a deque: those in flight are referred to
  std::set<std::pair<std::string, std::int64_t>> resent_;
  std::set<std::string> resent_unseen_;  ///< of which it is not known what
  Counts counts_;
};

}  // namespace orderflow::simulation
