#pragma once

#include "events/turn/batch_spans.hpp"
#include "events/turn/turn_span.hpp"
#include "storage/writer.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace orderflow::events {

/// What it takes to run the turn of a request. Both outlive its users.
struct TurnWriter {
  TurnServices& turns;
  storage::Writer& writer;
};

/// Whose turn comes first where many wait.
enum class Urgency { of_client, of_operator };

/// A request's body, run as a turn of its module within the writer's batch. `repeatable`: it may be
/// run again after it was undone.
template <bool repeatable, class Body, class Handler>
class TurnWrite final : public storage::Write {
 public:
  TurnWrite(boost::asio::any_io_executor home, TurnServices& services, std::string_view module,
            const core::TraceContext& trace, Body& body, Urgency urgency, Handler handler)
      : Write(std::move(home)),
        services_(services),
        module_(module),
        urgency_(urgency),
        trace_(trace),
        body_(body),
        handler_(std::move(handler)) {
    if (is_traced()) submitted_at_ = services_.clock.now();
  }

  void run(storage::Connection& connection) override {
    mark_ = services_.outbox.mark();
    if (is_traced()) span_ = services_.batch->begin_write(trace_, module_, submitted_at_);
    const ActiveSpan active_span(services_, span_);
    Turn turn(services_, connection, module_, trace_);
    body_(turn);
  }

  bool may_run_again() const noexcept override { return repeatable; }

  bool is_urgent() const noexcept override { return urgency_ == Urgency::of_operator; }

  void undone() noexcept override {
    services_.outbox.roll_back_to(mark_);
    if (span_ != nullptr) span_->fail("undone");
  }

  void complete(std::exception_ptr error) override { std::move(handler_)(std::move(error)); }

 private:
  bool is_traced() const noexcept { return services_.tracer != nullptr; }

  TurnServices& services_;
  std::string_view module_;
  Urgency urgency_;
  const core::TraceContext& trace_;
  Body& body_;
  Handler handler_;
  Outbox::Mark mark_{};
  core::Timestamp submitted_at_{};
  telemetry::Span* span_ = nullptr;  ///< the batch's
};

/// Runs `body(Turn&)` as a turn of `module` and resumes the calling coroutine, on its own executor,
/// when the outcome is on disk. Returns what the body returns; throws what it threw, or
/// `storage::WriteRefused`, or `storage::StorageFailure`: then nothing was written.
///
/// `module`, `trace` and `body` must outlive the call: give it a named local lambda. One that is
/// const may be run again after it was undone, and so takes part in what `Write::may_run_again`
/// saves: it must not move out of what it has captured.
///
///     const auto body = [&](events::Turn& turn) { return place(turn, order); };
///     const Placed placed = co_await events::commit(writer, "orders", request.trace, body);
template <class Body>
boost::asio::awaitable<std::invoke_result_t<Body&, Turn&>> commit(
    TurnWriter turn_writer, std::string_view module, const core::TraceContext& trace, Body& body,
    Urgency urgency = Urgency::of_client) {
  using Result = std::invoke_result_t<Body&, Turn&>;
  std::optional<std::conditional_t<std::is_void_v<Result>, bool, Result>> result;
  auto keep_result = [&](Turn& turn) {
    if constexpr (std::is_void_v<Result>) {
      body(turn);
    } else {
      result.emplace(body(turn));
    }
  };
  auto initiate = [&](auto handler) {
    auto home = boost::asio::get_associated_executor(handler);
    using Handler = decltype(handler);
    auto write = std::make_unique<TurnWrite<std::is_const_v<Body>, decltype(keep_result), Handler>>(
        std::move(home), turn_writer.turns, module, trace, keep_result, urgency,
        std::move(handler));
    turn_writer.writer.submit(std::move(write));
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                       void(std::exception_ptr)>(initiate,
                                                                 boost::asio::use_awaitable);
  if constexpr (!std::is_void_v<Result>) co_return std::move(*result);
}

}  // namespace orderflow::events
