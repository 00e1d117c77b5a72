#pragma once

#include "outbound/circuit_breaker.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace orderflow::outbound {

struct DestinationOptions {
  std::string name;         ///< "card gateway", "smtp": for people and metrics, bounded in number
  std::size_t concurrency;  ///< requests in flight, at most; 1 or more
  CircuitOptions circuit{};
};

/// The state of a destination.
struct DestinationStatus {
  std::string name;
  CircuitState circuit;
  std::optional<core::Timestamp> look_again_at;
  std::size_t concurrency;
  std::size_t in_flight;
  std::uint64_t succeeded;  ///< requests that were answered, ever in this process
  std::uint64_t failed;
  std::uint64_t throttled;  ///< requests that were answered with "too many", ever in this process
  std::uint64_t opened;     ///< times that the circuit has opened
  std::string last_error;
  std::optional<core::Timestamp> last_failure_at;
};

/// How many requests a destination can take now.
struct Allowance {
  std::size_t in_flight_max;  ///< 0: none
  std::optional<core::Timestamp> look_again_at = {};
};

/// A peer of this node that requests go to: its circuit breaker, how many requests it can take, and
/// what became of them. Safe from any thread.
class Destination {
 public:
  /// The clock outlives it.
  Destination(DestinationOptions options, const core::Clock& clock)
      : options_(std::move(options)),
        clock_(clock),
        circuit_(options_.circuit, clock),
        window_(options_.concurrency) {}
  Destination(const Destination&) = delete;
  Destination& operator=(const Destination&) = delete;

  const std::string& name() const noexcept { return options_.name; }

  /// Nothing while the circuit is open; one while it is probed; else all of its concurrency, or of
  /// late fewer: half as many whenever the peer has too much to do, and one more with each answer.
  Allowance allowance() const;

  /// True while the peer counts as away, which may explain a failed attempt. A peer that has too
  /// much to do is not away.
  bool is_away() const {
    return circuit_.state() != CircuitState::closed && !circuit_.is_throttled();
  }

  /// One request, from its start to its end. One that ends without an outcome counts as neither. A
  /// coroutine that is never resumed may hold it until after the destination has gone.
  ///
  ///     outbound::Destination::Use use(destination);
  ///     … use.succeeded();
  class Use {
   public:
    explicit Use(Destination& destination);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    /// The peer has answered, if only with a refusal of this request.
    void succeeded();
    /// The peer gave no answer, or one that means that it cannot work. `error` goes to the log and
    /// to operators: no personal data.
    void failed(const std::string& error);
    /// The peer has answered that it has too much to do: nothing is sent to it before `not_before`,
    /// or, where it names no time, for a pause that grows.
    void throttled(const std::string& error,
                   std::optional<core::Timestamp> not_before = std::nullopt);

   private:
    Destination& destination_;
    const std::shared_ptr<std::atomic<std::size_t>> in_flight_;
  };

  DestinationStatus status() const;

 private:
  const DestinationOptions options_;
  const core::Clock& clock_;
  CircuitBreaker circuit_;
  const std::shared_ptr<std::atomic<std::size_t>> in_flight_ =
      std::make_shared<std::atomic<std::size_t>>(0);
  void note_trouble(const std::string& error, bool opened);

  mutable std::mutex mutex_;  // guards what follows
  std::size_t window_;        ///< from 1 to the concurrency
  std::uint64_t succeeded_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t throttled_ = 0;
  std::uint64_t opened_ = 0;
  std::string last_error_;
  std::optional<core::Timestamp> last_failure_at_;
};

/// The destinations of a node, as they are added at its start. Safe from any thread.
class Destinations {
 public:
  explicit Destinations(const core::Clock& clock) : clock_(clock) {}

  /// Lives as long as this object.
  Destination& add(DestinationOptions options);

  /// In the order in which they were added.
  std::vector<DestinationStatus> status() const;

 private:
  const core::Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Destination>> all_;
};

/// "closed", "open", "half-open".
std::string_view to_string(CircuitState state) noexcept;

}  // namespace orderflow::outbound
