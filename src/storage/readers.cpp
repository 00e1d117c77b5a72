#include "storage/readers.hpp"

#include <utility>

namespace orderflow::storage {

Readers::Readers(std::filesystem::path file) : file_(std::move(file)) {}

Readers::~Readers() = default;

std::unique_ptr<Connection> Readers::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  auto connection = std::make_unique<Connection>(file_, Connection::Mode::read_only);
  connection->count_steps(steps_);
  return connection;
}

void Readers::give_back(std::unique_ptr<Connection> connection) noexcept {
  // Its snapshot could not be ended: no other can begin on it, and it holds back the WAL.
  if (connection->in_transaction()) return;
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

}  // namespace orderflow::storage
