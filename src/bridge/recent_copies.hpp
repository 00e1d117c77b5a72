#pragma once

#include "bridge/confirm_ledger.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

namespace orderflow::bridge {

/// The copies that queues have taken of late: a queue that is lost takes along, confirmed as they
/// are, those that its consumers have not had. A copy is forgotten when its queue was seen so often
/// since that a consumer that keeps up has had it. Belongs to one thread; who fills it keeps what
/// was not seen bounded.
class RecentCopies {
 public:
  using Copies = std::vector<ConfirmLedger::Taken>;

  /// How often a queue is seen before what it has taken is forgotten.
  static constexpr std::size_t looks_kept = 5;
  /// Above so many copies those that were seen once are forgotten.
  static constexpr std::size_t copies_max = 8'192;

  void add(ConfirmLedger::Taken copy);

  /// The queue stands.
  void seen(std::uint32_t recipient);

  /// The queue was lost: what is to be sent again, in the order in which it was taken.
  Copies take(std::uint32_t recipient);

  /// The queues of which copies are kept.
  std::vector<std::uint32_t> recipients() const;

  /// Copies whose queues were not seen since they took them.
  std::size_t unseen() const noexcept { return unseen_; }

 private:
  struct Queue {
    Copies fresh;
    std::deque<Copies> seen;  ///< by looks, the oldest first
  };

  void forget_oldest(Queue& queue);

  std::map<std::uint32_t, Queue> by_recipient_;
  std::size_t unseen_ = 0;
  std::size_t seen_ = 0;
};

}  // namespace orderflow::bridge
