#pragma once

#include "core/clock.hpp"
#include "core/random.hpp"
#include "events/delivery/timers.hpp"
#include "faults/simulation/peers/card_books.hpp"
#include "faults/simulation/trace.hpp"
#include "outbound/http_sender.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::simulation {

/// The card gateway, and the line to it: what the product's own `CardGateway` talks to. It keeps
/// its books whatever becomes of the node, and an idempotency key with its answer for a day, and
/// then no more. It misbehaves by chance: requests and answers are lost, a request gets there long
/// after the node has given it up, it fails before or after the money has moved and keeps its
/// failure under the key, it is too busy and names no time, is still at an earlier
/// request, mistakes a key's parameters, answers garbage, or is away for some minutes.
class CardServer final : public outbound::HttpSender {
 public:
  /// What it signs its events with.
  static constexpr const char* webhook_secret = "whsec_simulated";

  /// `clock` is the node's, `true_clock` the gateway's. Of a hundred requests `trouble_percent` go
  /// wrong.
  CardServer(const core::Clock& clock, const core::Clock& true_clock, std::uint64_t seed,
             std::uint64_t trouble_percent)
      : clock_(clock),
        true_clock_(true_clock),
        random_(seed),
        trouble_percent_(trouble_percent),
        books_(true_clock, seed + 1) {}

  /// Where it notes what it is asked.
  void note_in(Trace& trace) noexcept { trace_ = &trace; }

  /// The timers of the node that lives now.
  void wait_with(events::Timers& timers) noexcept { timers_ = &timers; }

  boost::asio::awaitable<outbound::HttpAnswer> send(const outbound::HttpRequest& request) override;

  /// Takes what was on its way for long enough.
  void work();
  /// When the next request arrives that was given up, by the true clock.
  std::optional<core::Timestamp> next_arrival() const;

  /// From now on it answers at once, and gives the answer whose failure it has kept.
  void heal();

  CardBooks& books() noexcept { return books_; }
  const CardBooks& books() const noexcept { return books_; }
  /// Requests that wait for an answer.
  std::size_t in_flight() const noexcept { return in_flight_; }
  /// Requests that contradict an earlier one with their key.
  const std::vector<std::string>& contradictions() const noexcept { return contradictions_; }

  struct Counts {
    std::uint64_t requests = 0;
    std::uint64_t troubles = 0;
    std::uint64_t forgotten_keys = 0;
    std::uint64_t late_arrivals = 0;
  };
  const Counts& counts() const noexcept { return counts_; }

 private:
  enum class Trouble {
    none,
    slow,
    lost,             ///< on the way there
    unanswered,       ///< on the way back
    late,             ///< it gets there when the node has given it up
    unreachable,      ///< nothing was sent
    fails,            ///< before anything was done
    fails_after,      ///< after it was done
    fails_for_ever,   ///< the same, and what was answered is kept under the key
    busy,             ///< and it names no time
    busy_until,       ///< and it does
    locked,           ///< too many requests for this very payment
    mistakes_key,     ///< it takes the key's parameters for others
    garbled,          ///< the answer cannot be read
    gone_for_a_while  ///< for some minutes nobody is there
  };
  static constexpr std::uint64_t troubles = 14;

  /// What is kept under an idempotency key.
  struct Kept {
    std::string body;  ///< of the request
    outbound::HttpAnswer answer;
    core::Timestamp at;
    std::optional<outbound::HttpAnswer> failure{};  ///< answered instead, until it heals
  };
  struct OnItsWay {
    core::Timestamp due;
    outbound::HttpRequest request;
  };

  /// What becomes of a request.
  struct Course {
    outbound::HttpAnswer reply{};
    core::Duration takes{0};
    bool is_lost = false;  ///< no reply comes
  };

  Trouble choose();
  Trouble trouble_with(const outbound::HttpRequest& request);
  Course meet(Trouble trouble, const outbound::HttpRequest& request);
  /// It arrives when it was given up.
  void delay(const outbound::HttpRequest& request);
  /// Whoever repeats it under its key gets the same failure.
  void fail_again(const outbound::HttpRequest& request, const outbound::HttpAnswer& failure);
  outbound::HttpAnswer busy_reply(Trouble trouble);
  outbound::HttpAnswer take(const outbound::HttpRequest& request);
  outbound::HttpAnswer answer_to(const outbound::HttpRequest& request);
  outbound::HttpAnswer take_once(const std::string& key, const outbound::HttpRequest& request);
  outbound::HttpAnswer move_money(const outbound::HttpRequest& request);
  outbound::HttpAnswer look_up(std::string_view target);

  const core::Clock& clock_;
  const core::Clock& true_clock_;
  core::SeededRandom random_;
  std::uint64_t trouble_percent_;
  CardBooks books_;
  events::Timers* timers_ = nullptr;
  Trace* trace_ = nullptr;
  std::map<std::string, Kept> kept_;  ///< by idempotency key
  std::vector<OnItsWay> on_their_way_;
  core::Timestamp gone_until_{};
  std::size_t in_flight_ = 0;
  std::vector<std::string> contradictions_;
  Counts counts_;
};

}  // namespace orderflow::simulation
