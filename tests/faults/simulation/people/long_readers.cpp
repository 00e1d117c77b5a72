#include "faults/simulation/people/long_readers.hpp"

#include <array>
#include <exception>
#include <stdexcept>
#include <utility>

namespace orderflow::simulation {
namespace {

constexpr std::size_t readers_max = 3;

/// What changes with nearly every commit, and what retention, rebuilds and cancellations remove.
constexpr std::array looked_at{"SELECT * FROM event_log",
                               "SELECT * FROM event_subscription",
                               "SELECT * FROM event_delivery",
                               "SELECT * FROM orders_order",
                               "SELECT * FROM billing_payment",
                               "SELECT * FROM users_statistics",
                               "PRAGMA quick_check"};

}  // namespace

std::string LongReaders::look(PlainDatabase& database) const {
  const std::uint64_t hits = machine_.faults.all_hits();
  std::string shown;
  for (const char* sql : looked_at) {
    for (const auto& row : database.rows(sql)) {
      for (const std::string& value : row)
        shown.append(value).push_back('|');
      shown += '\n';
    }
  }
  // A check of the pages reports a fault among what it has found.
  if (machine_.faults.all_hits() != hits) throw std::runtime_error("a fault struck");
  return shown;
}

void LongReaders::begin(SimulatedNode& node) {
  if (readers_.size() >= readers_max) return;
  Reader reader{.database = nullptr,
                .shown = {},
                .newest = node.node().services().live.newest(),
                .hits = machine_.faults.all_hits()};
  try {
    reader.database =
        std::make_unique<PlainDatabase>(node.database(), PlainDatabase::Mode::read_only);
    reader.database->rows("BEGIN");
    reader.shown = look(*reader.database);
  } catch (const std::exception& e) {
    return give_up(reader, e.what());
  }
  trace_.add("long read", std::to_string(reader.newest.value()));
  ++counts_.begun;
  readers_.push_back(std::move(reader));
}

void LongReaders::look_again(SimulatedNode& node) {
  if (readers_.empty()) return;
  const auto chosen =
      readers_.begin() + static_cast<std::ptrdiff_t>(random_.below(readers_.size()));
  look_again(node, *chosen);
  if (!chosen->database || random_.below(3) == 0) readers_.erase(chosen);
}

void LongReaders::finish(SimulatedNode& node) {
  for (Reader& reader : readers_)
    look_again(node, reader);
  leave();
}

void LongReaders::look_again(SimulatedNode& node, Reader& reader) {
  try {
    // What it has in memory is of no interest.
    reader.database->rows("PRAGMA shrink_memory");
    const std::string shown = look(*reader.database);
    const auto newest = node.node().services().live.newest();
    trace_.add("looked again",
               std::to_string(reader.newest.value()) + " at " + std::to_string(newest.value()));
    ++counts_.looks;
    if (newest > reader.newest) ++counts_.overtaken;
    if (shown != reader.shown) {
      findings_.add("snapshot changed", "begun at " + std::to_string(reader.newest.value()) +
                                            ", looked at again at " +
                                            std::to_string(newest.value()));
    }
  } catch (const std::exception& e) {
    give_up(reader, e.what());
  }
}

void LongReaders::give_up(Reader& reader, const char* why) {
  trace_.add("long read given up", why);
  ++counts_.given_up;
  if (machine_.faults.all_hits() == reader.hits) findings_.add("failed read", why);
  reader.database.reset();
}

}  // namespace orderflow::simulation
