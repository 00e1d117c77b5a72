#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "events/delivery/timers.hpp"
#include "faults/simulation/trace.hpp"
#include "webhooks/sending/carrier.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace orderflow::simulation {

/// Where webhooks go: addresses of others, and the line to them. Each keeps what has reached it,
/// whatever becomes of the node, and misbehaves by chance: it is slow, takes a message and answers
/// nothing, fails, redirects, has too much to do, wants no more, or is away for some minutes.
class WebhookReceivers final : public webhooks::Carrier {
 public:
  /// An event that has come, and came again `copies - 1` times.
  struct Taken {
    std::string id;
    std::string body;
    std::string kind;
    std::string key;
    int copies = 0;
  };
  /// What has come to one address: by the event's position in the log, and in the order it first
  /// came.
  struct Receiver {
    std::map<std::int64_t, Taken> taken{};
    std::vector<std::int64_t> order{};
    core::Timestamp away_until{};
    bool is_shut = false;  ///< its owner was promised that nothing more is sent
  };

  WebhookReceivers(const core::Clock& clock, std::uint64_t seed, std::uint64_t trouble_percent)
      : clock_(clock), random_(seed), trouble_percent_(trouble_percent) {}

  void note_in(Trace& trace) noexcept { trace_ = &trace; }
  /// The timers of the node that lives now.
  void wait_with(events::Timers& timers) noexcept { timers_ = &timers; }

  boost::asio::awaitable<outbound::HttpAnswer> send(const outbound::HttpRequest& request) override;

  /// From now on all take what comes, at once.
  void heal();

  void shut(const std::string& url) { receivers_[url].is_shut = true; }
  void open(const std::string& url) { receivers_[url].is_shut = false; }

  const std::map<std::string, Receiver>& receivers() const noexcept { return receivers_; }
  /// What came where nothing was to come, and what came again as something else.
  const std::vector<std::string>& intrusions() const noexcept { return intrusions_; }
  const std::vector<std::string>& contradictions() const noexcept { return contradictions_; }
  /// Requests that wait for an answer.
  std::size_t in_flight() const noexcept { return in_flight_; }

  struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t troubles = 0;
    std::uint64_t gone = 0;     ///< answered with 410
    std::uint64_t outages = 0;  ///< of some minutes
  };
  const Counts& counts() const noexcept { return counts_; }

 private:
  enum class Trouble {
    none,
    slow,
    unanswered,  ///< it is taken, and no answer comes in time
    lost,        ///< it is not, and no answer comes in time
    unreachable,
    fails,
    fails_after,
    redirects,
    busy,
    busy_until,
    gone,
    away_for_a_while
  };
  static constexpr std::uint64_t troubles = 11;

  /// What becomes of a request.
  struct Course {
    outbound::HttpAnswer answer{};
    core::Duration takes{0};
    bool is_lost = false;  ///< no answer comes
  };

  Trouble choose(Receiver& receiver);
  Course meet(Trouble trouble, Receiver& receiver, const outbound::HttpRequest& request);
  void take(Receiver& receiver, const outbound::HttpRequest& request);

  const core::Clock& clock_;
  core::SeededRandom random_;
  std::uint64_t trouble_percent_;
  events::Timers* timers_ = nullptr;
  Trace* trace_ = nullptr;
  std::map<std::string, Receiver> receivers_;  // by their URL
  std::size_t in_flight_ = 0;
  std::vector<std::string> intrusions_;
  std::vector<std::string> contradictions_;
  Counts counts_;
};

}  // namespace orderflow::simulation
