#pragma once

#include <filesystem>

namespace orderflow::storage {

/// Throws `FileRefused` where the database file is shorter than its header states, which is seen at
/// once: it was cut off, or is a copy that was not finished. Not where a write-ahead log lies
/// beside it, which may have the rest. Of a file that nobody has open.
void require_uncut(const std::filesystem::path& file);

/// Throws `FileRefused`, with what SQLite has found first, where the database file is damaged,
/// with the write-ahead log that may lie beside it. Reads all of it (`PRAGMA quick_check`). Of a
/// file that nobody else has open.
void require_sound(const std::filesystem::path& file);

}  // namespace orderflow::storage
