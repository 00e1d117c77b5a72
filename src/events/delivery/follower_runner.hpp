#pragma once

#include "events/delivery/follower.hpp"
#include "events/delivery/subscription_runner.hpp"

namespace orderflow::events {

/// Keeps the place of a follower. One that is new to the database starts at the end of the log.
class FollowerRunner final : public SubscriptionRunner {
 public:
  FollowerRunner(FollowerSubscription subscription, RunnerServices services);

  void load(storage::Connection& connection, Seq newest) override;
  void run(storage::Connection&) override {}
  bool has_work(core::Timestamp) const override { return false; }
  void describe(SubscriptionStatus& status) const override;
  void recheck(SubscriptionStatus& status) const override;
  const std::vector<std::string>& kinds() const noexcept override { return kinds_; }
  Seq finished_to() const noexcept override { return follower_.finished_to(); }
  /// What is in the log is kept for it: nobody need wait until it has come so far.
  bool is_open(Seq) const noexcept override { return false; }
  bool slows_writes() const noexcept override { return false; }
  [[noreturn]] void apply(storage::Connection& connection, const Event& event) override;

 private:
  std::int64_t handled() const noexcept { return handled_before_ + follower_.handled(); }
  Seq first_cursor(Seq newest) const noexcept override { return newest; }
  Seq finish_to(storage::Connection& connection) override;
  const Discarded& discarded() const noexcept override { return never_discarded_; }

  const std::vector<std::string> kinds_;
  Follower& follower_;
  std::int64_t handled_before_ = 0;  ///< the process started
  const Discarded never_discarded_{};
};

}  // namespace orderflow::events
