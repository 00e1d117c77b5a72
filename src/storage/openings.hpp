#pragma once

#include "core/random.hpp"
#include "storage/connection.hpp"

#include <cstddef>
#include <filesystem>

namespace orderflow::storage {

/// A write-ahead log that is left beside a database file (`orderflow.db-wal`) would be applied to
/// whatever file is there at the next start, also to one that was copied over it. SQLite cannot
/// distinguish them. So each opening by a node leaves a mark in the database, and the marks that
/// the file itself may bear, without its write-ahead log, are in a file beside it
/// (`orderflow.db-openings`). A copy bears an older mark than those, or another database's.
///
/// A file that was copied while this very opening lasted bears its mark, and is not found out.

/// Openings without a checkpoint between them that are marked; further ones bear the last mark.
inline constexpr std::size_t openings_max = 64;

/// True where the write-ahead log beside `file` is not this file's. False where that is unknown: no
/// write-ahead log, nothing beside the file, or a file that cannot be read.
bool has_foreign_log(const std::filesystem::path& file);

/// Writes down beside `file` which mark it bears, before it is opened; by whoever has locked its
/// folder. Throws `FileRefused`, also where it is damaged: of each file it is checked that it was
/// not cut off, and a file that was not opened here before, such as a backup, is checked as a whole
/// (file_check.hpp).
void prepare_opening(const std::filesystem::path& file);

/// Marks the opening of the database, outside of a transaction, where `prepare_opening` was called
/// for its `file`. Throws `FileRefused`, and what a write throws.
void mark_opening(Connection& connection, const std::filesystem::path& file, core::Random& random);

}  // namespace orderflow::storage
