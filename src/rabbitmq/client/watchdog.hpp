#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace orderflow::rabbitmq {

/// One thread that shuts sockets down on which a call does not come back: rabbitmq-c can wait
/// forever for a broker that has stopped reading. The call then fails like on any lost connection.
/// It outlives the watches that it keeps.
class Watchdog {
 public:
  explicit Watchdog(std::chrono::milliseconds look_every = std::chrono::milliseconds(100));
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// Keeps an eye on one connected socket, through a descriptor of its own, so that it never hits
  /// another socket that has got the same number. Made, used and destroyed by the thread that owns
  /// the connection.
  class Watch {
   public:
    /// A guarded call may take `limit`. Throws `std::system_error` where descriptors are used up.
    Watch(Watchdog& watchdog, int socket, std::chrono::milliseconds limit);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    int descriptor() const noexcept { return descriptor_; }
    std::chrono::milliseconds limit() const noexcept { return limit_; }
    /// Whether the watchdog has shut this socket down.
    bool has_cut() const noexcept { return deadline_ == cut; }
    /// Shuts it down now: whatever is done on it ends at once.
    void shut_down() const noexcept;

   private:
    friend class Watchdog;
    friend class Guard;
    static constexpr std::int64_t idle = 0;
    static constexpr std::int64_t cut = -1;

    Watchdog& watchdog_;
    int descriptor_;
    std::chrono::milliseconds limit_;
    std::atomic<std::int64_t> deadline_ = idle;  ///< steady clock's nanoseconds while in a call
  };

  /// Lives while a call that may block is under way. Does not nest.
  class Guard {
   public:
    explicit Guard(Watch& watch) noexcept;
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    Watch& watch_;
    std::int64_t deadline_;
  };

 private:
  void run();
  void cut_overdue();

  const std::chrono::milliseconds look_every_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Watch*> watches_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace orderflow::rabbitmq
