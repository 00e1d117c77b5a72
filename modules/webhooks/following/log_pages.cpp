#include "following/log_pages.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::webhooks {
namespace {

using events::Seq;

const std::vector<std::string_view>& own_audiences() {
  static const std::vector<std::string_view> names{"webhooks", "notifications"};
  return names;
}

events::EventLog::Heading heading_of(const events::Event& event) {
  const events::EventMeta& meta = event.meta();
  return {.seq = meta.seq,
          .id = meta.id.value(),
          .kind = meta.kind,
          .key = meta.key,
          .audience = meta.audience};
}

}  // namespace

bool is_for_webhooks(const events::EventLog& log, storage::Session session,
                     const events::EventLog::Heading& heading) {
  if (heading.audience.empty()) return true;
  if (std::ranges::find(own_audiences(), heading.audience) == own_audiences().end()) return false;
  return log.is_first_copy(session, heading.id, heading.seq, own_audiences());
}

std::optional<std::size_t> LogPages::number_of(std::string_view kind) const {
  const auto found = std::ranges::lower_bound(kinds_, kind);
  if (found == kinds_.end() || *found != kind) return std::nullopt;
  return static_cast<std::size_t>(found - kinds_.begin());
}

const LogPages::Page& LogPages::behind(Seq after, Seq head) {
  const std::int64_t number = after.value() / positions_a_page;
  auto found = pages_.find(number);
  if (found == pages_.end()) {
    make_room();
    found =
        pages_.emplace(number, Kept{.page = {.upto = Seq{number * positions_a_page}}, .used = 0})
            .first;
  }
  Kept& kept = found->second;
  kept.used = ++uses_;
  const Seq end = std::min(head, Seq{(number + 1) * positions_a_page});
  if (kept.page.upto < end) read(kept.page, end);
  return kept.page;
}

void LogPages::make_room() {
  if (pages_.size() < pages_max) return;
  pages_.erase(
      std::ranges::min_element(pages_, {}, [](const auto& page) { return page.second.used; }));
}

void LogPages::read(Page& page, Seq upto) {
  // A read that failed half-way has left some.
  std::erase_if(page.headings, [&](const Heading& heading) { return heading.seq > page.upto; });
  if (const auto live = host_.live().after(page.upto, positions_a_page)) {
    for (const events::EventPtr& event : *live) {
      if (event->meta().seq <= upto) add(page, heading_of(*event));
    }
  } else {
    const auto headings = host_.read_log(
        [&](storage::Session session) { return host_.log().headings(session, page.upto, upto); });
    for (const auto& heading : headings)
      add(page, heading);
  }
  page.upto = upto;
}

void LogPages::add(Page& page, const events::EventLog::Heading& heading) {
  const auto kind = number_of(heading.kind);
  if (!kind) return;
  if (!heading.audience.empty()) {
    const bool is_ours = host_.read_log(
        [&](storage::Session session) { return is_for_webhooks(host_.log(), session, heading); });
    if (!is_ours) return;
  }
  page.headings.push_back({.seq = heading.seq, .kind = *kind, .key = heading.key});
}

MessagePtr LogPages::message(Seq seq) {
  if (const auto known = messages_.find(seq); known != messages_.end()) return known->second;
  events::EventPtr event;
  const auto live = host_.live().after(Seq{seq.value() - 1}, 1);
  if (live && !live->empty() && live->front()->meta().seq == seq) event = live->front();
  if (!event) {
    event =
        host_.read_log([&](storage::Session session) { return host_.log().find(session, seq); });
  }
  if (!event) return nullptr;
  if (messages_.size() == messages_max) messages_.erase(messages_.begin());
  return messages_.emplace(seq, std::make_shared<const WebhookMessage>(message_of(*event)))
      .first->second;
}

}  // namespace orderflow::webhooks
