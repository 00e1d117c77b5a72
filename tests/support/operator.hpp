#pragma once

#include "events/log/event_log.hpp"
#include "events/operations/operations.hpp"
#include "support/module_harness.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace orderflow::test {

/// Whoever looks after the node of a test: does what `events::Operations` offers, each in a commit
/// of its own.
class Operator {
 public:
  explicit Operator(ModuleHarness& harness) : harness_(harness) {}

  template <class Operation>
  auto operate(Operation&& operation) {
    std::optional<std::invoke_result_t<Operation&, events::Operations&, storage::Connection&>>
        result;
    harness_.write(events::event_owner, [&](events::Turn& turn) {
      result.emplace(operation(harness_.node().dispatcher().operations(), turn.db().connection()));
    });
    return std::move(*result);
  }

  auto pause(const std::string& name, bool paused = true) {
    return operate([&](events::Operations& operations, storage::Connection& connection) {
      return operations.set_paused(connection, actor, name, paused);
    });
  }
  auto rebuild(const std::string& name) {
    return operate([&](events::Operations& operations, storage::Connection& connection) {
      return operations.rebuild(connection, actor, name);
    });
  }

  /// An edited payload, taken in and judged: what a replay wants. The subscription is asked on this
  /// thread and must answer by itself.
  events::Operated<events::Edit> review(const std::string& name, std::int64_t seq,
                                        const nlohmann::json& payload) {
    const auto taken =
        operate([&](events::Operations& operations, storage::Connection& connection) {
          return operations.take_edit(connection, {name, events::Seq{seq}}, payload);
        });
    if (!taken) return taken.error();
    boost::asio::io_context context;
    std::optional<events::Operated<events::Edit>> reviewed;
    const auto ask = [&]() -> boost::asio::awaitable<void> {
      auto edit = co_await taken->review();
      reviewed.emplace(std::move(edit));
    };
    boost::asio::co_spawn(context, ask, [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
    context.run();
    return std::move(*reviewed);
  }

  events::Operated<void> replay(const std::string& name, std::int64_t seq,
                                const std::optional<events::Edit>& edit) {
    return operate([&](events::Operations& operations, storage::Connection& connection) {
      return operations.replay(connection, actor, {name, events::Seq{seq}}, edit);
    });
  }
  events::Operated<void> replay(const std::string& name, std::int64_t seq) {
    return replay(name, seq, std::optional<events::Edit>());
  }
  events::Operated<void> replay(const std::string& name, std::int64_t seq,
                                const nlohmann::json& payload) {
    const auto edit = review(name, seq, payload);
    if (!edit) return edit.error();
    return replay(name, seq, std::optional(*edit));
  }

  events::Operated<events::DryRun> dry_run(const std::string& name, std::int64_t seq,
                                           const std::optional<events::Edit>& edit) {
    return operate([&](events::Operations& operations, storage::Connection& connection) {
      return operations.dry_run(connection, {name, events::Seq{seq}}, edit);
    });
  }
  events::Operated<events::DryRun> dry_run(const std::string& name, std::int64_t seq) {
    return dry_run(name, seq, std::optional<events::Edit>());
  }
  events::Operated<events::DryRun> dry_run(const std::string& name, std::int64_t seq,
                                           const nlohmann::json& payload) {
    const auto edit = review(name, seq, payload);
    if (!edit) return edit.error();
    return dry_run(name, seq, std::optional(*edit));
  }

  auto replay_all(const events::DeadLetterFilter& filter) {
    return operate([&](events::Operations& operations, storage::Connection& connection) {
      return operations.replay_all(connection, actor, filter, 0);
    });
  }
  auto discard(const std::string& name, std::int64_t seq) {
    return operate([&](events::Operations& operations, storage::Connection& connection) {
      return operations.discard(connection, actor, {name, events::Seq{seq}},
                                "the buyer has called");
    });
  }

  const events::Actor actor{"ada", "call-1"};

 private:
  ModuleHarness& harness_;
};

}  // namespace orderflow::test
