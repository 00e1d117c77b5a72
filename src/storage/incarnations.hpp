#pragma once

#include "core/random.hpp"
#include "storage/connection.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::storage {

/// An incarnation of a database. A copy that is started has its own: positions of its log after
/// `since` are others than those of the incarnation before.
struct Incarnation {
  std::string id;  ///< 16 hexadecimal digits
  std::int64_t since = 0;
};

/// The newest are kept, for readers who come back after a long time.
inline constexpr std::int64_t incarnations_max = 1'000;

/// All that are kept, the present one last. A database that has none yet gets its first. Outside of
/// a transaction; the tables are up to date.
std::vector<Incarnation> incarnations(Connection& connection, core::Random& random);

/// Marks the database in `file`, which nobody has open, as a copy. A database of before there were
/// incarnations stays as it is. Throws `StorageFailure`.
void mark_as_copy(const std::filesystem::path& file);

/// True where a copy was marked as one and nobody has started it. False also where there is no
/// database, or none that can be read.
bool is_unstarted_copy(const std::filesystem::path& file);

/// A write-ahead log lies beside a copy that was never started, or beside another file than the one
/// that was opened here last (openings.hpp): SQLite would apply it to that file.
class ForeignWal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
/// Throws `ForeignWal`, which names the file. Before the database is opened.
void require_own_wal(const std::filesystem::path& file);

/// Lets a marked copy take an incarnation of its own, from the position that `newest` returns on;
/// in one step that is whole or not done at all, and that leaves no write-ahead log. Does nothing
/// where it is none. Throws `StorageFailure`, and what `newest` throws.
void start_copy(const std::filesystem::path& file, core::Random& random,
                const std::function<std::int64_t(Connection& copy)>& newest);

}  // namespace orderflow::storage
