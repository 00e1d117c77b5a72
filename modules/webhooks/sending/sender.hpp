#pragma once

#include "core/random.hpp"
#include "delivery.hpp"
#include "endpoint_cleanup.hpp"
#include "events/delivery/follower.hpp"
#include "following/roster.hpp"
#include "host/host.hpp"
#include "sending/attempt.hpp"
#include "sending/carrier.hpp"
#include "sending/endpoint_scheduler.hpp"
#include "sending/hints.hpp"
#include "sending/journal.hpp"
#include "sending/pump.hpp"
#include "sending/sender_metrics.hpp"
#include "sending/wakeup.hpp"
#include "settings.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace orderflow::webhooks {

/// Sends to endpoints what they want: new events as the log shows them, each endpoint from its own
/// position, and what is due again by its rows. It follows the log by itself (events::Follower);
/// what it takes has no row until its first attempt has ended. Ends are written down together, in
/// turns of their own; until then all is as before, so a crash repeats what was in flight, with the
/// same `webhook-id`.
///
/// Works on the executor that `begin` runs on; `Wakeup`, `Follower` and `stop` are safe from any
/// thread.
class Sender final : public Wakeup, public events::Follower {
 public:
  struct Surroundings {
    const host::Host& host;
    const Settings& settings;
    const std::set<std::string, std::less<>>& kinds;  ///< the public ones
    Carrier& carrier;
    EndpointCleanup& cleanup;
    core::Random& chance;  ///< used on the sender's executor alone
  };
  /// All outlive it, and what it has begun.
  explicit Sender(Surroundings surroundings);

  /// To be run once, on the effects' executor.
  boost::asio::awaitable<void> begin();

  /// Begins nothing new.
  void stop() noexcept { stopping_ = true; }

  /// True where no attempt is under way that is not written down. Safe from any thread.
  bool is_quiet() const noexcept { return metrics_.under_way == 0; }

  /// Adds what it has done to a scrape. Safe from any thread.
  void export_metrics(telemetry::Exposition& metrics) const { metrics_.add_to(metrics); }

  void has_work(const std::vector<EndpointId>& endpoints) noexcept override;
  void has_changed(EndpointId endpoint) noexcept override;

  void start(events::Seq cursor) noexcept override { settled_ = cursor.value(); }
  events::Seq finished_to() const noexcept override { return events::Seq{settled_}; }
  bool is_held() const noexcept override { return is_held_; }
  /// Deliveries that have ended.
  std::int64_t handled() const noexcept override { return metrics_.ended(); }
  void set_paused(bool paused) noexcept override;

 private:
  void pump() noexcept;
  void look_around_soon(core::Timestamp now) noexcept;
  void notice_clock(core::Timestamp now);
  void take_hints();
  void read_on();
  void look_around(core::Timestamp now);
  void serve(EndpointId id, core::Timestamp now);
  void serve_due(Member& member, core::Timestamp now);
  void serve_new(Member& member, core::Timestamp now);
  MessagePtr message_of_row(events::Seq seq);
  void launch(Sending sending);
  void check_bounds();
  void note_settled();
  void prepare(Batch& batch);
  void written(Batch& batch);
  void arm();
  boost::asio::awaitable<void> deliver(Sending sending);
  boost::asio::awaitable<void> clean_up();

  Surroundings with_;
  EndpointScheduler scheduler_;
  Roster roster_;
  Journal journal_;
  Hints hints_;
  Pump pump_;
  SenderMetrics metrics_;
  std::shared_ptr<events::LiveFeed::Waiter> news_;
  events::Seq checked_at_;             ///< up to here no more waits for any endpoint than may
  const core::Duration longest_wait_;  ///< of a delivery
  core::Timestamp pumped_at_{};
  std::optional<core::Timestamp> look_around_at_;
  bool was_paused_ = false;
  bool is_cleanup_due_ = false;
  bool is_cleaning_up_ = false;
  bool clean_up_again_ = false;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> is_paused_ = false;
  std::atomic<bool> is_held_ = false;
  std::atomic<std::int64_t> settled_ = 0;
};

}  // namespace orderflow::webhooks
