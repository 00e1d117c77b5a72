#pragma once

#include "core/clock.hpp"
#include "endpoint/endpoint.hpp"
#include "events/log/event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace orderflow::webhooks {

/// Whose turn it is: which endpoints may have something to be sent, how many requests to each are
/// in flight, and how many may be. Decides; sends nothing. Belongs to one thread.
///
/// Endpoints that work and those that do not each have slots of their own, so that a dead endpoint
/// takes none from one that lives; within each, endpoints take turns. A request without an answer
/// for `slow_after` gives its slot back to those that work, as long as the others have room for
/// it. An endpoint that failed last gets one request at a time; after `failures_open` failures in a
/// row it also rests between them, up to `rest_max`. An endpoint that waits for its turn stands
/// where its last end says, among those that work or those that do not, so that what may be sent is
/// sent: whoever has asked `next` until it gives nothing need ask again after one of the calls
/// below alone, or at `next_due`.
class EndpointScheduler {
 public:
  static constexpr core::Duration slow_after = std::chrono::seconds{2};
  static constexpr int failures_open = 5;
  static constexpr core::Duration rest_first = std::chrono::seconds{5};
  static constexpr core::Duration rest_max = std::chrono::minutes{5};

  EndpointScheduler(std::size_t in_flight_max, std::size_t in_flight_each)
      : in_flight_max_(in_flight_max), in_flight_each_(in_flight_each) {}

  // ---- what becomes known of an endpoint --------------------------------------------------------

  /// It may have something to be sent.
  void ready(EndpointId id);
  /// It has something to be sent at that time, and before it nothing.
  void ready_at(EndpointId id, core::Timestamp time);
  /// How many failures in a row its row tells of.
  void learn_failures(EndpointId id, int failures);
  /// The clock was set back to `now`: what was to be waited for is at hand, for none of its times
  /// means anything any more, and requests have begun now at the latest.
  void clock_went_back(core::Timestamp now);
  /// Its owner has changed it: it need not rest.
  void forget_rest(EndpointId id) { endpoints_[id].rests_until.reset(); }
  /// It is sent nothing any more: how it has failed need not be kept.
  void forget_failures(EndpointId id);

  // ---- whose turn it is -------------------------------------------------------------------------

  /// Takes the next endpoint that may be sent something now.
  std::optional<EndpointId> next(core::Timestamp now);
  /// How many requests to it may be added.
  std::size_t room(EndpointId id) const;
  const std::set<events::Seq>& in_flight(EndpointId id) { return endpoints_[id].in_flight; }
  /// Forgets it, where nothing is known of it that has to be kept.
  void release(EndpointId id);

  // ---- requests ---------------------------------------------------------------------------------

  using RequestNumber = std::uint64_t;
  RequestNumber begin(EndpointId id, events::Seq seq, core::Timestamp now);
  /// A request has ended, after which its endpoint has failed so often in a row, and has asked for
  /// rest until `rests_until`.
  void end(RequestNumber request_number, int failures, std::optional<core::Timestamp> rests_until,
           core::Timestamp now);

  /// When `next` may give something by itself; nothing: only after one of the calls above.
  std::optional<core::Timestamp> next_due() const;
  std::size_t in_flight() const noexcept { return pending_requests_.size(); }

 private:
  enum Pool : std::size_t { working, failing };

  /// Where an endpoint waits for its turn.
  struct Waiting {
    Pool pool;
    std::uint64_t number;
  };
  struct EndpointLoad {
    std::set<events::Seq> in_flight{};
    int failures = 0;
    std::optional<core::Timestamp> rests_until{};
    std::optional<core::Timestamp> wakes_at{};
    std::optional<Waiting> waiting{};
  };
  struct PendingRequest {
    EndpointId id;
    events::Seq seq;
    core::Timestamp started_at;
    Pool pool;
  };
  struct SlotPool {
    std::map<std::uint64_t, EndpointId> queue{};  ///< in the order they came
    std::size_t in_flight = 0;
  };

  static Pool pool_of(const EndpointLoad& load) noexcept {
    return load.failures > 0 ? failing : working;
  }
  bool full(Pool pool) const noexcept { return pools_[pool].in_flight >= in_flight_max_; }
  /// Lets it stand where its failures say, if it waits.
  void set_failures(EndpointId id, EndpointLoad& load, int failures);
  void wake_due(core::Timestamp now);
  void set_slow_aside(core::Timestamp now);
  std::optional<EndpointId> next_of(Pool pool, core::Timestamp now);

  const std::size_t in_flight_max_;
  const std::size_t in_flight_each_;
  std::map<EndpointId, EndpointLoad> endpoints_;
  std::set<std::pair<core::Timestamp, EndpointId>> wakeups_;
  std::array<SlotPool, 2> pools_;
  std::map<RequestNumber, PendingRequest> pending_requests_;  ///< in the order they began
  RequestNumber last_request_number_ = 0;
  std::uint64_t last_number_ = 0;
};

}  // namespace orderflow::webhooks
