#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::test {

/// One `POST /v1/orders`, and what is known of it.
struct Attempt {
  enum class Answer {
    acknowledged,  ///< 201
    none,          ///< the connection was lost: the order may be there or not
    refused        ///< another status: the order must not be there
  };

  std::string marker;  ///< the first item's product id: no other attempt has it
  std::string user_id;
  std::string currency;
  std::int64_t amount;
  std::string final_status;  ///< what it must come to
  Answer answer;
  std::string order_id;                                 ///< where acknowledged
  std::chrono::steady_clock::time_point answered_at{};  ///< where it was answered
};

/// What buyers name to pay with.
enum class Till {
  simulated,  ///< of the simulated gateway: also what is slow, and what fails at first
  cards       ///< of a card gateway
};

/// Buyers, each with a connection of their own, who order again and again from whichever node
/// serves at the moment. What they order follows from the seed alone. `serve`,
/// `wait_for_first_answer` and `stop` belong to one thread.
class Load {
 public:
  /// Each buyer pauses between two orders for up to `pause_max`, evenly spread.
  Load(std::uint64_t seed, unsigned buyers, std::chrono::milliseconds pause_max,
       Till till = Till::simulated);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// From now on orders go to this port; those who have lost their node have waited for it.
  void serve(std::uint16_t port);

  /// When the first order since the last `serve` was acknowledged. Throws where none is within
  /// `limit`.
  std::chrono::steady_clock::time_point wait_for_first_answer(std::chrono::seconds limit);

  /// Orders that were acknowledged so far.
  std::size_t acknowledged() const noexcept { return acknowledged_; }

  /// Waits until so many more were. Throws where they are not within `limit`.
  void wait_for_more(std::size_t orders, std::chrono::seconds limit);

  /// Ends the buyers and returns every attempt that was made. Throws what a buyer threw.
  std::vector<Attempt> stop();

 private:
  struct Location {
    std::uint64_t generation;
    std::uint16_t port;
  };

  void buy(class Buyer buyer);
  void buy_at(const Location& location, class Buyer& buyer, std::vector<Attempt>& attempts);
  std::optional<Location> wait_for_newer(std::uint64_t generation);
  bool stopped();
  void note_acknowledged(std::uint64_t generation);
  void end() noexcept;

  std::mutex mutex_;
  std::condition_variable changed_;
  Location location_{0, 0};
  std::atomic<std::size_t> acknowledged_ = 0;
  bool stopped_ = false;
  std::uint64_t answered_generation_ = 0;
  std::chrono::steady_clock::time_point answered_at_;
  std::vector<Attempt> attempts_;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;
};

}  // namespace orderflow::test
