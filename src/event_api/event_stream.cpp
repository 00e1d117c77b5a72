#include "event_api/event_stream.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include <utility>

namespace orderflow::event_api {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t events_a_chunk = 256;
/// Between two chunks to a client that keeps up: writing to each of a hundred clients after every
/// commit would cost more than the commits.
constexpr auto pause = 10ms;
constexpr auto heartbeat = 15s;

}  // namespace

EventStream::EventStream(host::Services& services, std::shared_ptr<StreamedTexts> texts,
                         boost::asio::any_io_executor executor, ReadingPosition from,
                         events::EventLog::Filter filter)
    : services_(services),
      texts_(std::move(texts)),
      timer_(executor),
      from_(std::move(from)),
      before_position_(from_.incarnation.empty() ? std::string() : from_.incarnation + '.'),
      position_(from_.after),
      filter_(std::move(filter)),
      waiter_(services.live.make_waiter(executor, [this] {
        woken_ = true;
        timer_.cancel();
      })) {}

EventStream::~EventStream() {
  waiter_->cancel();
}

bool EventStream::passes(const events::Event& event) const {
  return (!filter_.kind || event.meta().kind == *filter_.kind) &&
         (!filter_.key || event.meta().key == *filter_.key);
}

std::string EventStream::take_chunk() {
  std::string chunk;
  if (position_ < services_.live.newest()) {
    auto live = services_.live.after(position_, events_a_chunk);
    if (!live) {
      const auto page = services_.readers.read(events::event_owner, [&](storage::Session session) {
        return services_.log.page(session, position_, filter_, events_a_chunk);
      });
      // Old events, which other streams are not reading now.
      for (const auto& event : page.events)
        chunk += streamed_text(*event, before_position_);
      position_ = page.scanned_to;
      return chunk;
    }
    if (live->empty()) return chunk;
    position_ = live->back()->meta().seq;
    std::erase_if(*live, [this](const events::EventPtr& event) { return !passes(*event); });
    texts_->append(chunk, *live, before_position_);
  }
  return chunk;
}

std::string EventStream::greeting() const {
  const std::string position = from_.text(position_);
  // The id is the client's Last-Event-ID until its first event: events during a lost connection
  // are not missed.
  std::string text = ": the log from place " + std::to_string(position_.value()) +
                     " on\nid: " + position + "\nretry: 1000\n";
  if (!from_.is_of_this_log) {
    const nlohmann::ordered_json restored = {{"type", events::log_restored_kind},
                                             {"life", services_.incarnations.id()},
                                             {"next", position}};
    text += "event: ";
    text += events::log_restored_kind;
    text += "\ndata: " + restored.dump() + '\n';
  }
  return text + '\n';
}

boost::asio::awaitable<std::optional<std::string>> EventStream::next() {
  if (!greeted_) {
    greeted_ = true;
    co_return greeting();
  }
  boost::system::error_code ended;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ended);
  while (!stopped_) {
    if (is_close_behind()) {
      timer_.expires_at(last_chunk_at_ + pause);
      co_await timer_.async_wait(token);
      if (stopped_) break;
    }
    std::string chunk = take_chunk();
    if (!chunk.empty()) {
      last_chunk_at_ = Clock::now();
      co_return chunk;
    }
    if (position_ < services_.live.newest()) {
      // No event of this page passes the filter and there are more pages: let other work run first.
      timer_.expires_after(0s);
      co_await timer_.async_wait(token);
      continue;
    }
    woken_ = false;
    timer_.expires_after(heartbeat);
    waiter_->arm(services_.live, position_);
    co_await timer_.async_wait(token);
    if (!woken_ && !stopped_) co_return ": still here\n\n";
  }
  co_return std::nullopt;
}

bool EventStream::is_close_behind() const {
  const auto behind = services_.live.newest().value() - position_.value();
  return behind < static_cast<std::int64_t>(events_a_chunk) &&
         Clock::now() < last_chunk_at_ + pause;
}

void EventStream::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace orderflow::event_api
