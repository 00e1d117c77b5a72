#pragma once

#include <atomic>
#include <cstddef>

namespace orderflow::http {

/// The memory that the bodies of all requests may take together. Safe from any thread.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes_max) noexcept : bytes_max_(bytes_max) {}

  std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

  /// One request's part of the budget, released by the destructor.
  class Share {
   public:
    explicit Share(BodyBudget& budget) noexcept : budget_(budget) {}
    ~Share() { give_back(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// Makes it at least `bytes`. False where there is no room; then nothing changes.
    bool grow_to(std::size_t bytes) noexcept {
      if (bytes <= bytes_) return true;
      const std::size_t more = bytes - bytes_;
      if (budget_.used_.fetch_add(more, std::memory_order_relaxed) + more > budget_.bytes_max_) {
        budget_.used_.fetch_sub(more, std::memory_order_relaxed);
        return false;
      }
      bytes_ = bytes;
      return true;
    }

    /// Releases it early, where the body is no longer needed.
    void give_back() noexcept {
      if (bytes_ > 0) budget_.used_.fetch_sub(bytes_, std::memory_order_relaxed);
      bytes_ = 0;
    }

   private:
    BodyBudget& budget_;
    std::size_t bytes_ = 0;
  };

 private:
  const std::size_t bytes_max_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace orderflow::http
