#pragma once

#include "events/delivery/subscription_runner.hpp"
#include "events/remote/relay.hpp"

#include <deque>
#include <mutex>
#include <optional>

namespace orderflow::events {

/// Runs the relay. A node that is new to it starts at the end of the log: what was published before
/// was for this node alone.
class RelayRunner final : public SubscriptionRunner {
 public:
  RelayRunner(RelaySubscription subscription, std::vector<std::string> kinds,
              RunnerServices services);

  void run(storage::Connection& connection) override;
  bool has_work(core::Timestamp now) const override;
  std::optional<core::Timestamp> next_due() const override;
  void describe(SubscriptionStatus& status) const override;
  Seq finished_to() const noexcept override;
  bool is_open(Seq seq) const noexcept override { return seq > finished_to(); }
  bool waits_for_peer() const noexcept override { return true; }
  [[noreturn]] void apply(storage::Connection& connection, const Event& event) override;

  /// Gives to the sink what `run` has taken. After the commit.
  void hand_over();

  /// All that was handed over up to here is confirmed. From any thread; the writer has to be woken
  /// then.
  void confirm(Seq upto);
  /// Takes note of what was confirmed. False: nothing was. On the writer thread, before each batch.
  bool take_confirms();

 private:
  Seq first_cursor(Seq newest) const noexcept override { return newest; }
  Seq finish_to(storage::Connection&) override { return finished_to(); }
  const Discarded& discarded() const noexcept override { return never_discarded_; }
  bool may_hand_over() const noexcept;

  const RelaySubscription subscription_;
  const Discarded never_discarded_{};
  EventList taken_;  ///< in the running transaction
  std::deque<Seq> under_way_;
  std::size_t unsaved_ = 0;  ///< confirmed, but not in the durable cursor
  std::optional<core::Duration> save_at_;

  std::mutex mutex_;  // guards what follows
  std::optional<Seq> confirmed_;
};

}  // namespace orderflow::events
