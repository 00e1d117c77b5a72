#pragma once

#include "probe.hpp"

#include "events/event_log.hpp"
#include "events/operations.hpp"

#include <optional>
#include <string>
#include <utility>

namespace orderflow::events {

/// The operator of these tests: does what `Operations` offers, each in a commit of its own.
class Operator {
 public:
  explicit Operator(test::ModuleHarness& harness) : harness_(harness) {}

  template <class Operation>
  auto operate(Operation&& operation) {
    std::optional<std::invoke_result_t<Operation&, Operations&, storage::Connection&>> result;
    harness_.write(event_owner, [&](Turn& turn) {
      result.emplace(operation(harness_.node().dispatcher().operations(), turn.db().connection()));
    });
    return std::move(*result);
  }

  auto pause(const std::string& name, bool paused = true) {
    return operate([&](Operations& operations, storage::Connection& connection) {
      return operations.set_paused(connection, actor, name, paused);
    });
  }
  auto rebuild(const std::string& name) {
    return operate([&](Operations& operations, storage::Connection& connection) {
      return operations.rebuild(connection, actor, name);
    });
  }
  auto replay(const std::string& name, std::int64_t seq,
              const std::optional<nlohmann::json>& payload = std::nullopt) {
    return operate([&](Operations& operations, storage::Connection& connection) {
      return operations.replay(connection, actor, {name, Seq{seq}}, payload);
    });
  }
  auto rehearse(const std::string& name, std::int64_t seq,
                const std::optional<nlohmann::json>& payload = std::nullopt) {
    return operate([&](Operations& operations, storage::Connection& connection) {
      return operations.rehearse(connection, {name, Seq{seq}}, payload);
    });
  }
  auto replay_all(const LetterFilter& filter) {
    return operate([&](Operations& operations, storage::Connection& connection) {
      return operations.replay_all(connection, actor, filter, 0);
    });
  }
  auto discard(const std::string& name, std::int64_t seq) {
    return operate([&](Operations& operations, storage::Connection& connection) {
      return operations.discard(connection, actor, {name, Seq{seq}}, "the buyer has called");
    });
  }

  const Actor actor{"ada", "call-1"};

 private:
  test::ModuleHarness& harness_;
};

}  // namespace orderflow::events
