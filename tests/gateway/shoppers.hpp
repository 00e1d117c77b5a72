#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::test {

class HttpClient;

/// Buyers who place a given number of orders, each under an idempotency key until it is answered,
/// whichever node serves at the moment. Some ask to cancel theirs right after, or for a part of
/// the money of an earlier one. What they do follows from the seed and the order's number alone.
class Shoppers {
 public:
  Shoppers(std::uint64_t seed, std::size_t orders, unsigned connections);
  ~Shoppers();
  Shoppers(const Shoppers&) = delete;
  Shoppers& operator=(const Shoppers&) = delete;

  /// From now on orders go to this port.
  void serve(std::uint16_t port);

  /// Waits until so many were placed. Throws where they are not within `limit`, or what a buyer
  /// threw.
  void wait_for(std::size_t orders, std::chrono::seconds limit);

  /// Of those placed so far.
  std::size_t placed() const noexcept { return placed_; }
  /// How often a request met no node, or one that went away.
  std::size_t lost() const noexcept { return lost_; }
  std::size_t cancellations() const noexcept { return cancellations_; }
  std::size_t refunds() const noexcept { return refunds_; }

 private:
  void shop();
  void place(HttpClient& client, std::size_t number, std::deque<std::string>& orders);
  void follow_up(HttpClient& client, std::size_t number, std::deque<std::string>& orders);
  std::optional<std::uint16_t> wait_for_other_port(std::uint16_t gone);

  const std::uint64_t seed_;
  const std::size_t orders_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> placed_ = 0;
  std::atomic<std::size_t> lost_ = 0;
  std::atomic<std::size_t> cancellations_ = 0;
  std::atomic<std::size_t> refunds_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint16_t port_ = 0;
  bool stopped_ = false;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

}  // namespace orderflow::test
