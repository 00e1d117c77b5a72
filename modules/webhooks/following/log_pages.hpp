#pragma once

#include "delivery.hpp"
#include "events/log/event_log.hpp"
#include "host/host.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::webhooks {

/// True for an event that endpoints of this node may be told: it was said here, or came for this
/// module. While one module was both, it came for notifications; whichever copy is first counts.
/// On a session of the log.
bool is_for_webhooks(const events::EventLog& log, storage::Session session,
                     const events::EventLog::Heading& heading);

using MessagePtr = std::shared_ptr<const WebhookMessage>;

/// The public part of the log, read once for all endpoints: in pages of positions, of which a
/// bounded number is kept, the newest events out of memory where they are still there. Belongs to
/// one thread.
class LogPages {
 public:
  static constexpr std::int64_t positions_a_page = 256;
  static constexpr std::size_t pages_max = 64;
  static constexpr std::size_t messages_max = 128;

  struct Heading {
    events::Seq seq;
    std::size_t kind;  ///< its number, below `kinds().size()`
    std::string key;
  };
  struct Page {
    events::Seq upto;  ///< read up to here
    std::vector<Heading> headings{};
  };

  /// `kinds`: the public ones. Both outlive it.
  LogPages(const host::Host& host, const std::set<std::string, std::less<>>& kinds)
      : host_(host), kinds_(kinds.begin(), kinds.end()) {}

  /// The page that the position behind `after` is on, read up to `head` or its end. Valid until the
  /// next call. `after` is before `head`, which is committed.
  const Page& behind(events::Seq after, events::Seq head);

  /// What is sent of the event at a position; null where the log has lost it.
  MessagePtr message(events::Seq seq);

  /// In ascending order.
  const std::vector<std::string>& kinds() const noexcept { return kinds_; }
  std::optional<std::size_t> number_of(std::string_view kind) const;

 private:
  struct Kept {
    Page page;
    std::uint64_t used;
  };

  void read(Page& page, events::Seq upto);
  void add(Page& page, const events::EventLog::Heading& heading);
  void make_room();

  const host::Host& host_;
  const std::vector<std::string> kinds_;
  std::map<std::int64_t, Kept> pages_;  ///< by number
  std::uint64_t uses_ = 0;
  std::map<events::Seq, MessagePtr> messages_;
};

}  // namespace orderflow::webhooks
