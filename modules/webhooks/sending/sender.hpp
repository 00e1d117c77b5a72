#pragma once

#include "audience.hpp"
#include "core/random.hpp"
#include "delivery.hpp"
#include "host/host.hpp"
#include "record_attempt.hpp"
#include "sending/carrier.hpp"
#include "sending/lanes.hpp"
#include "sending/wakeup.hpp"
#include "settings.hpp"
#include "telemetry/histogram.hpp"
#include "upkeep.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace orderflow::webhooks {

/// Sends what is due to whom it is due. The rows are the truth: it holds no more of them in memory
/// than it has requests in flight, and after a restart it goes on by itself. An attempt is written
/// down in a turn of its own; until then its row is as before, so a crash repeats it, with the same
/// `webhook-id`.
///
/// Works on the executor that `begin` runs on; `Wakeup` and `stop` are safe from any thread.
class Sender final : public Wakeup {
 public:
  struct Surroundings {
    const host::Host& host;
    const Settings& settings;
    Carrier& carrier;
    Audience& audience;  ///< changed on the writer thread alone
    Upkeep& upkeep;
    core::Random& chance;  ///< used on the sender's executor alone
  };
  /// All outlive it, and what it has begun.
  explicit Sender(Surroundings surroundings);

  /// To be run once, on the effects' executor.
  boost::asio::awaitable<void> begin();

  /// Begins nothing new.
  void stop() noexcept { stopping_ = true; }

  /// True where no attempt is under way that is not written down. Safe from any thread.
  bool is_quiet() const noexcept { return under_way_ == 0; }

  /// Adds what it has done to a scrape. Safe from any thread.
  void tell(telemetry::Exposition& told) const;

  void has_work(const std::vector<EndpointId>& endpoints) noexcept override;
  void has_changed(EndpointId endpoint) noexcept override;

 private:
  /// A request under way.
  struct Flight {
    Lanes::Ticket ticket;
    Endpoint endpoint;
    Delivery delivery;
    WebhookMessage message;
  };
  /// What an endpoint is to be sent.
  struct Work {
    std::optional<Endpoint> endpoint{};
    std::vector<std::pair<Delivery, WebhookMessage>> due{};
    std::optional<core::Timestamp> next_due{};
  };

  void post_pump();
  void post_pump_locked();
  void pump() noexcept;
  void look_around_soon(core::Timestamp now) noexcept;
  void notice_clock(core::Timestamp now);
  void take_hints();
  void look_around(core::Timestamp now);
  void serve(EndpointId id, core::Timestamp now);
  Work read_work(EndpointId id, core::Timestamp now);
  void start(Flight flight);
  void arm();
  void ring(core::Timestamp time);
  boost::asio::awaitable<void> deliver(Flight flight);
  void count(const AttemptReport& report) noexcept;
  boost::asio::awaitable<int> write_down(const AttemptReport& report, std::string correlation_id);
  boost::asio::awaitable<void> keep_up();

  Surroundings with_;
  Lanes lanes_;
  const core::Duration longest_wait_;  ///< of a delivery
  core::Timestamp pumped_at_{};
  std::optional<core::Timestamp> look_around_at_;
  bool is_keeping_up_ = false;
  bool keep_up_again_ = false;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> under_way_ = 0;
  std::atomic<std::uint64_t> accepted_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  std::atomic<std::uint64_t> given_up_ = 0;
  telemetry::Histogram attempt_micros_{};

  std::mutex mutex_;  // guards what follows
  boost::asio::any_io_executor executor_;
  std::map<EndpointId, bool> hints_;  ///< true: it has changed
  bool is_posted_ = false;
  std::optional<core::Timestamp> armed_for_;  ///< the earliest timer that has not rung
};

}  // namespace orderflow::webhooks
