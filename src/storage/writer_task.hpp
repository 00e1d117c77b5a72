#pragma once

#include "storage/connection.hpp"

#include <string>

namespace orderflow::storage {

/// Work on the writer's connection that is done bit by bit between two batches, while no
/// transaction is open: a backup. Every call comes from the writer thread.
class WriterTask {
 public:
  virtual ~WriterTask() = default;

  /// Does a bounded bit; true while more is to be done. What it throws ends the task alone: the
  /// node continues.
  virtual bool step(Connection& connection) = 0;

  /// Called instead of further steps: a step threw, the writer stops, or storage has failed.
  virtual void abandon(const std::string& reason) noexcept = 0;
};

}  // namespace orderflow::storage
