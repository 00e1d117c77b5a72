#include "faults/simulation/people/copies.hpp"

#include "faults/simulation/verdict/independent_checks.hpp"
#include "faults/simulation/verdict/plain_database.hpp"
#include "storage/database_copy.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace orderflow::simulation {

void Copies::begin(SimulatedNode& node, int pages_a_step, std::vector<std::string> orders) {
  if (state_ != State::none) return;
  file_ = folder_ / ("copy-" + std::to_string(++begun_));
  trace_.add("copy", file_.filename().string());
  // The name is made on the real disk, what SQLite writes goes to the machine's.
  std::filesystem::remove(file_);
  machine_.disk.find_or_create(file_.string());
  orders_ = std::move(orders);
  state_ = State::running;
  const auto done = [this](const std::exception_ptr& error) {
    state_ = error ? State::none : State::whole;
    if (error) ++given_up_;
  };
  try {
    node.node().writer().run_between_batches(
        std::make_unique<storage::DatabaseCopy>(file_, done, pages_a_step));
  } catch (const storage::BackupError&) {
    state_ = State::none;
  } catch (const storage::WriteRefused&) {
    state_ = State::none;
  }
}

void Copies::look(const SimulatedNode& node, bool has_late_results) {
  if (state_ != State::whole) return;
  state_ = State::none;
  ++finished_;
  trace_.add("copied");
  const Faults faults = machine_.faults;
  machine_.faults.heal();
  ask_doctor(file_, node.modules(), has_late_results, "a copy", findings_);
  const auto rows = PlainDatabase(file_).rows(
      "SELECT key FROM event_log UNION SELECT key FROM"
      " ledger_archive ORDER BY key");
  for (const std::string& order : orders_) {
    if (!std::ranges::binary_search(rows, PlainDatabase::Row{order})) {
      findings_.add("lost", order + " was acknowledged before a copy and is not in it");
    }
  }
  machine_.disk.remove(file_.string());
  std::filesystem::remove(file_);
  machine_.faults = faults;
}

}  // namespace orderflow::simulation
