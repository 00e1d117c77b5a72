#pragma once

#include "events/event.hpp"
#include "storage/connection.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// Who asks for an operation.
struct Actor {
  std::string name;
  std::string correlation_id;
};

/// What an operator did.
struct AuditEntry {
  std::int64_t place = 0;  ///< given by the log of operations
  core::Timestamp at;
  Actor actor;
  std::string action;  ///< "pause", "resume", "rebuild", "replay", "replay-all", "discard"
  std::string subscription;
  std::optional<Seq> seq;
  std::optional<std::string> key;
  std::string reason;
  nlohmann::json detail = nlohmann::json::object();
};

/// Writes it down, in the operation's own transaction.
void keep_audit(storage::Session session, const AuditEntry& entry);

/// Up to `limit` entries before place `before` (nothing: from the newest on), newest first.
std::vector<AuditEntry> audit_page(storage::Session session, std::optional<std::int64_t> before,
                                   std::size_t limit);

}  // namespace orderflow::events
