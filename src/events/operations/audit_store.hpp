#pragma once

#include "events/log/event.hpp"
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
  std::int64_t number = 0;  ///< given by the log of operations
  core::Timestamp at;
  Actor actor;
  /// "pause", "resume", "rebuild", "forget", "replay", "replay-all", "discard"
  std::string action;
  std::string subscription;
  std::optional<Seq> seq;
  std::optional<std::string> key;
  std::string reason;
  nlohmann::json detail = nlohmann::json::object();
};

/// What is kept, of the newest: refusals, which whoever has a key can cause, and everything else.
inline constexpr std::int64_t audit_refusals_max = 10'000;
inline constexpr std::int64_t audit_deeds_max = 100'000;
/// The action of a refusal.
inline constexpr std::string_view audit_refused = "refused";

/// Writes it down, in the operation's own transaction. Now and then some of the oldest of its sort
/// go that are more than are kept: a refusal never displaces a deed.
void keep_audit(storage::Session session, const AuditEntry& entry);

/// Up to `limit` entries before number `before` (nothing: from the newest on), newest first.
std::vector<AuditEntry> audit_page(storage::Session session, std::optional<std::int64_t> before,
                                   std::size_t limit);

}  // namespace orderflow::events
