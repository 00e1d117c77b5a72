#pragma once

#include "events/log/event.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::events {

/// Modules by name, and `bridge` as one of them.
using ModuleNames = std::set<std::string, std::less<>>;

/// A cursor that nobody on this node works: its module is not hosted now, or no subscription of
/// this version has its name. Retention keeps what it has not had, until an operator forgets it.
struct UnhostedCursor {
  std::string name;
  /// The module that works it where it is hosted; nothing: no module of this version does.
  std::optional<std::string> module;
  Seq cursor;
  std::int64_t retrying = 0;
  std::int64_t parked = 0;
  std::int64_t dead = 0;
};

/// The first ones by name are listed, no more.
inline constexpr std::size_t unhosted_cursors_max = 200;

/// Those that no runner has taken up and nobody has forgotten, by name. `absent` are the modules of
/// this version that are not hosted. On a session of `event_owner`, of any thread.
std::vector<UnhostedCursor> unhosted_cursors(storage::Session session, const ModuleNames& absent);

/// How far a cursor is forgotten.
enum class Forgetting {
  no_such_cursor,
  under_way,  ///< a bounded part is done: to be called again, in another transaction
  done
};

/// Lets go of such a cursor: what it has not had is kept for it no longer, and a rebuild of it that
/// was under way is given up. Rows that wait, and their events, stay where one of the `absent`
/// modules may come back for them; else they are removed. Where the subscription comes back it
/// resumes at its cursor, with what the log holds then.
Forgetting forget_cursor(storage::Connection& connection, std::string_view name,
                         const ModuleNames& absent, core::Timestamp now);

}  // namespace orderflow::events
