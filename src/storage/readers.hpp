#pragma once

#include "storage/connection.hpp"
#include "storage/transaction.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace orderflow::storage {

/// Read-only connections, lent one at a time to a reading thread. A connection is opened when all
/// others are lent, so there are never more than threads that read at once. Safe from any thread.
class Readers {
 public:
  explicit Readers(std::filesystem::path file);
  ~Readers();

  /// Runs `read` with a session of `owner` in one consistent snapshot and returns its result. It
  /// sees every write that was answered before. Keep it short: an open snapshot holds back the WAL.
  template <class Read>
  auto read(std::string_view owner, Read&& read);

  /// Steps of SQLite's virtual machine that reads have taken, in thousands: what they cost, on any
  /// machine. See `Connection::count_steps`.
  std::uint64_t steps() const noexcept { return steps_.load(std::memory_order_relaxed); }

 private:
  /// Returns its connection when it goes.
  class Lease {
   public:
    explicit Lease(Readers& readers) : readers_(readers), connection_(readers.take()) {}
    ~Lease() { readers_.give_back(std::move(connection_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Connection& connection() noexcept { return *connection_; }

   private:
    Readers& readers_;
    std::unique_ptr<Connection> connection_;
  };

  std::unique_ptr<Connection> take();
  void give_back(std::unique_ptr<Connection> connection) noexcept;

  std::filesystem::path file_;
  std::atomic<std::uint64_t> steps_ = 0;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

template <class Read>
auto Readers::read(std::string_view owner, Read&& read) {
  Lease lease(*this);
  const Snapshot snapshot(lease.connection());
  return read(lease.connection().session(owner));
}

}  // namespace orderflow::storage
