#pragma once

#include "bridge/confirm_ledger.hpp"
#include "bridge/recent_copies.hpp"
#include "rabbitmq/publisher_node.hpp"
#include "rabbitmq/queue_marks.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace orderflow::rabbitmq {

struct RecipientWatchOptions {
  ConnectionOptions connection = {};
  std::string node = {};         ///< in the names of marks
  std::size_t first_broker = 0;  ///< of `BrokerTurns`
  /// Above half a second: so long RabbitMQ 3.10 takes to write to disk that there is a queue, and a
  /// crash before that loses it.
  std::chrono::milliseconds look_every{1'000};
};

/// Notices that a recipient was lost, with what it had confirmed: has it declared again, and what
/// was sent to it since it was last seen published again. Belongs to the publisher's thread.
class RecipientWatch {
 public:
  using Clock = std::chrono::steady_clock;

  /// All outlive it.
  RecipientWatch(RecipientWatchOptions options, PublisherNode& node, bridge::ConfirmLedger& ledger,
                 Watchdog& watchdog);

  /// There is a new connection to publish on: queues may have been lost meanwhile. Throws
  /// as `QueueMarks` does.
  void begin();
  void disconnect() { marks_.disconnect(); }

  /// Called before a copy is sent to a recipient. Throws as `QueueMarks` does.
  void meet(const Recipient& recipient);

  /// Takes note of what queues have taken by the ledger.
  void remember_taken();

  /// Whether as much as may be lost has been sent, so that nothing more is until it was seen.
  bool is_full() const noexcept;

  /// The number of the recipient that a message was returned for; 0 where it was for none. The next
  /// look is at once then.
  std::uint32_t returned(const Route& route);

  /// Looks after the recipients when that is due. A broker that does not answer is asked again
  /// later; throws `BrokerRefused`.
  void look();

  /// When that is due next.
  Clock::time_point next() const noexcept { return look_at_; }

  /// Recipients that were lost so far.
  std::uint64_t lost() const noexcept { return lost_; }

 private:
  void look_at_recipients();
  void restore(const std::vector<std::uint32_t>& lost);
  void declare_all();

  const std::chrono::milliseconds look_every_;
  PublisherNode& node_;
  bridge::ConfirmLedger& ledger_;
  QueueMarks marks_;
  bridge::RecentCopies recent_;
  std::vector<bridge::ConfirmLedger::Taken> taken_;  ///< room that is used again and again
  std::set<std::uint32_t> unseen_;  ///< recipients of which the broker has returned a copy
  bool must_look_at_all_ = false;
  Clock::time_point look_at_;
  Clock::time_point declare_at_;
  std::uint64_t lost_ = 0;
};

}  // namespace orderflow::rabbitmq
