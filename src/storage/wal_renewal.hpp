#pragma once

struct sqlite3_file;

namespace orderflow::storage {

/// Writes the end of the write-ahead log that an earlier process has left once more over itself,
/// from its last transaction on, and syncs it. What is before it was synced before that was
/// written: a process ends at its first sync that fails.
///
/// After a failed sync the kernel takes its pages for written, although they may never reach the
/// disk (Rebello et al., ATC '20). The process ends then, but its successor reads them from the
/// page cache, builds on them, and no later sync would bring them to disk: a power loss would take
/// every commit behind them. What was written again has to be carried by the next sync.
///
/// To be called with the open log before the connection writes anything. Throws `StorageFailure`.
void renew_wal(sqlite3_file& wal);

}  // namespace orderflow::storage
