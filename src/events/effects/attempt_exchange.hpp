#pragma once

#include "events/effects/effect_run.hpp"

#include <functional>
#include <mutex>
#include <vector>

namespace orderflow::events {

/// Where attempts pass from the writer thread to the effects' executor and back. What a transaction
/// has decided on starts after its commit; what has ended waits here for the next batch.
class AttemptExchange final : public EffectSink {
 public:
  /// `wake_writer` is called from any thread. The launcher outlives it.
  AttemptExchange(EffectLauncher& launcher, std::function<void()> wake_writer)
      : launcher_(launcher), wake_writer_(std::move(wake_writer)) {}

  /// The running transaction has decided on an attempt. On the writer thread.
  void start_after_commit(EffectRunPtr run) { decided_.push_back(std::move(run)); }

  /// The transaction is committed: what it has decided on starts. On the writer thread.
  void launch();

  /// Takes back attempts that have ended, and wakes the writer. From any thread.
  void finished(std::vector<EffectRunPtr> runs) override;

  /// True where attempts have ended that are not completed. From any thread.
  bool has_ended() const;
  /// These, in the order in which they ended. On the writer thread.
  std::vector<EffectRunPtr> take_ended();

 private:
  EffectLauncher& launcher_;
  const std::function<void()> wake_writer_;
  std::vector<EffectRunPtr> decided_;

  mutable std::mutex mutex_;  // guards what follows
  std::vector<EffectRunPtr> ended_;
};

}  // namespace orderflow::events
