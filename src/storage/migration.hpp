#pragma once

#include "storage/connection.hpp"

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::storage {

/// One forward step of one owner's tables: migrations/<owner>/<number>_<name>.sql.
///
/// Where tables get another owner, the new one's step states which it takes over, each on a line of
/// its own:
///
///     -- takes over: notifications_webhook_endpoint as webhooks_endpoint
///
/// A table of the old name that is there has the new one before the statements of the step run, in
/// the same transaction; they make, with `IF NOT EXISTS`, what is not. The old owner's
/// own steps are brought up to date before, if it has any in the database. A step may also read a
/// table of another owner, which it names so:
///
///     -- reads: event_subscription
struct Migration {
  std::string owner;
  int number;  ///< from 1, without gaps
  std::string name;
  std::string sql;
};

/// The database and the program do not fit together; what() states how and what to do.
class MigrationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The migrations that were compiled into this program, ordered by owner and number.
std::vector<Migration> embedded_migrations();

/// Those of `owners` alone, in the given order of owners.
std::vector<Migration> migrations_of(std::span<const std::string_view> owners,
                                     const std::vector<Migration>& all);

/// Brings the tables of the owners in `wanted` up to date: each missing step in a transaction of
/// its own, recorded with the SHA-256 of its text. Before anything is changed it throws
/// `MigrationError` where a recorded step differs from the program's, is not in `known` (a newer
/// program made it), or leaves a gap. `now` is kept beside each step. Returns the number of steps
/// applied.
int migrate(Connection& connection, const std::vector<Migration>& wanted,
            const std::vector<Migration>& known, core::Timestamp now);

}  // namespace orderflow::storage
