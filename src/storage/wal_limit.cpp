#include "storage/wal_limit.hpp"

#include "telemetry/log.hpp"

#include <algorithm>

namespace orderflow::storage {

void WalLimit::observe(std::uint64_t bytes) {
  bytes_.store(bytes, std::memory_order_relaxed);
  if (bytes < bytes_max_ / 4) {
    warn_from_ = bytes_max_ / 4;
  } else if (bytes >= warn_from_) {
    warn_from_ = std::max(warn_from_, bytes) * 2;
    telemetry::log("storage").warn(
        "somebody reads from the database in one long transaction, so the write-ahead log grows"
        " bytes={} limit={}",
        bytes, bytes_max_);
  }
}

}  // namespace orderflow::storage
