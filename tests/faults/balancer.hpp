#pragma once

#include "support/http_client.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::test {

/// Clients that spread their requests over nodes as a load balancer does: in turn, over those whose
/// `/readyz` was 200 at the last look, on connections that they keep.
class Balancer {
 public:
  /// What became of the requests so far.
  struct Tally {
    std::size_t answered = 0;
    std::vector<std::string> failures;  ///< requests that were refused, cut off or answered by 503
  };

  /// Of so many nodes, none of which serves yet, and so many clients.
  Balancer(std::size_t nodes, unsigned clients);
  /// Ends the clients.
  ~Balancer();
  Balancer(const Balancer&) = delete;
  Balancer& operator=(const Balancer&) = delete;

  /// The node, which has started, is at this port; returns when it gets requests.
  void serve(std::size_t node, std::uint16_t port);

  /// Waits until so many more requests were answered.
  void wait_for_more(std::size_t requests);

  Tally tally() const;

 private:
  struct Target {
    std::atomic<std::uint16_t> port = 0;
    std::atomic<bool> is_ready = false;
  };

  void look();
  void order(unsigned client);
  void order_at(std::size_t node, HttpClient& client, unsigned buyer);

  std::vector<Target> targets_;
  std::atomic<bool> ended_ = false;
  mutable std::mutex mutex_;
  Tally tally_;
  std::vector<std::thread> threads_;
};

}  // namespace orderflow::test
