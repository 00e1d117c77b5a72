#pragma once

#include "following/log_pages.hpp"
#include "following/member.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace orderflow::webhooks {

/// The position up to which the log has been looked at for all endpoints together, and those that
/// have come as far, listed by the kinds that they want. Passing an event costs nothing for those
/// that do not want it. Belongs to one thread.
class Followers {
 public:
  /// `pages` outlives it.
  explicit Followers(const LogPages& pages)
      : pages_(pages), totals_(pages.kinds().size(), 0), by_kind_(pages.kinds().size()) {}

  /// Nobody follows any more, from a position on.
  void restart(events::Seq position);

  events::Seq position() const noexcept { return position_; }
  /// Events at the position, by kind; since the start, so that differences alone have a meaning.
  const std::vector<std::int64_t>& totals() const noexcept { return totals_; }

  /// The member stands at the position.
  void add(Member& member);
  /// From now on it keeps its own position, which is this one.
  void remove(Member& member);
  void prepare(Member& member) const;

  /// Passes an event. Those that want it are removed right before it, and given to `each`.
  template <class Each>
  void pass(events::Seq seq, std::size_t kind, Each each) {
    position_ = events::Seq{seq.value() - 1};
    auto& followers = by_kind_[kind];
    while (!followers.empty()) {
      Member& member = *followers.back();
      remove(member);
      each(member);
    }
    ++totals_[kind];
    position_ = seq;
  }
  /// There is nothing more to be wanted up to here.
  void pass_to(events::Seq position);

 private:
  const LogPages& pages_;
  events::Seq position_;
  std::vector<std::int64_t> totals_;
  std::vector<std::vector<Member*>> by_kind_;
};

}  // namespace orderflow::webhooks
