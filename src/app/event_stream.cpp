#include "event_stream.hpp"

#include "events/cloud_event.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace orderflow::app {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t events_a_chunk = 128;
constexpr auto heartbeat = 15s;

void append(std::string& chunk, const events::Event& event) {
  chunk += "id: " + std::to_string(event.meta().seq.value());
  chunk += "\nevent: " + event.meta().kind;
  chunk += "\ndata: " + cloud_event_text(event) + "\n\n";
}

}  // namespace

EventStream::EventStream(host::Services& services, boost::asio::any_io_executor executor,
                         events::Seq after, events::EventLog::Filter filter)
    : services_(services),
      timer_(executor),
      position_(after),
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
  while (chunk.empty() && position_ < services_.live.newest()) {
    auto live = services_.live.after(position_, events_a_chunk);
    if (!live) {
      const auto page = services_.readers.read(events::event_owner, [&](storage::Session session) {
        return services_.log.page(session, position_, filter_, events_a_chunk);
      });
      for (const auto& event : page.events)
        append(chunk, *event);
      position_ = page.scanned_to;
      continue;
    }
    for (const auto& event : *live) {
      if (passes(*event)) append(chunk, *event);
      position_ = event->meta().seq;
    }
  }
  return chunk;
}

boost::asio::awaitable<std::optional<std::string>> EventStream::next() {
  if (!greeted_) {
    greeted_ = true;
    // The id is the client's Last-Event-ID until its first event: what comes while it is away is
    // not missed.
    const std::string place = std::to_string(position_.value());
    co_return ": the log from place " + place + " on\nid: " + place + "\nretry: 1000\n\n";
  }
  while (!stopped_) {
    std::string chunk = take_chunk();
    if (!chunk.empty()) co_return chunk;
    woken_ = false;
    timer_.expires_after(heartbeat);
    waiter_->arm(services_.live, position_);
    boost::system::error_code ended;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ended);
    co_await timer_.async_wait(token);
    if (!woken_ && !stopped_) co_return ": still here\n\n";
  }
  co_return std::nullopt;
}

void EventStream::stop() {
  stopped_ = true;
  timer_.cancel();
}

}  // namespace orderflow::app
