// A node is killed again and again while buyers order from it. What was acknowledged must be there
// and come to its end, once.
//
//   ORDERFLOW_KILLS=200 ORDERFLOW_SEED=7 kill_test
//
// sets how often, and repeats what the buyers order and when the node is killed.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "faults/inspection.hpp"
#include "faults/load.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace orderflow::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr unsigned connections = 32;
constexpr std::uint64_t kills_a_checkup = 10;
constexpr auto start_limit = sanitized ? 120s : 30s;

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

/// Lives of a node on one data folder, each ended by SIGKILL at a random moment.
class KillSeries {
 public:
  KillSeries(const std::filesystem::path& data, std::uint64_t seed, Load& load)
      : data_(data), random_(seed), load_(load) {}

  void kill(std::uint64_t times) {
    for (std::uint64_t i = 0; i < times; ++i) {
      // One in five dies while it starts.
      if (pick(1, 5) == 1) {
        kill_while_starting();
      } else {
        kill_while_serving();
      }
      // What a kill leaves must hold by itself, before any start has repaired it. Before the first
      // node has served there may be no database yet.
      if (i % kills_a_checkup == 0 && !recoveries_.empty()) check_sound(data_);
    }
  }

  /// The last life: returns when an order was acknowledged in it.
  std::unique_ptr<Node> survive() {
    const auto began = Clock::now();
    auto node = std::make_unique<Node>(data_, settings());
    load_.serve(node->port());
    recoveries_.push_back(load_.wait_for_first_answer(start_limit) - began);
    return node;
  }

  /// From each start to the first order that was acknowledged, in ascending order.
  std::vector<Milliseconds> recoveries() const {
    std::vector<Milliseconds> sorted = recoveries_;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }

 private:
  static Settings settings() {
    return {{"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"}, {"ORDERFLOW_LOG_LEVEL", "warn"}};
  }

  int pick(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }

  void pause(int us_min, int us_max) {
    std::this_thread::sleep_for(std::chrono::microseconds(pick(us_min, us_max)));
  }

  void kill_while_starting() {
    Process process(serve_command(data_, settings()));
    pause(0, sanitized ? 500'000 : 50'000);
    process.send(SIGKILL);
    REQUIRE(process.wait(start_limit) == ExitStatus{.signal = SIGKILL});
  }

  void kill_while_serving() {
    const auto node = survive();
    // Most lives are too short for what failed to be tried again, some are long enough.
    const int life_ms_max = pick(1, 5) == 1 ? 800 : 100;
    pause(0, life_ms_max * (sanitized ? 3'000 : 1'000));
    node->kill();
  }

  std::filesystem::path data_;
  std::mt19937_64 random_;
  Load& load_;
  std::vector<Milliseconds> recoveries_;
};

std::size_t count_of(const std::vector<Attempt>& attempts, Attempt::Answer answer) {
  return static_cast<std::size_t>(
      std::count_if(attempts.begin(), attempts.end(),
                    [&](const Attempt& attempt) { return attempt.answer == answer; }));
}

void print_report(std::uint64_t kills, const std::vector<Attempt>& attempts,
                  const Inspection& inspection, const std::vector<Milliseconds>& recoveries,
                  Milliseconds rest) {
  const auto row = [](const char* name, std::size_t value) {
    std::printf("%-38s %10zu\n", name, value);
  };
  const auto time = [](const char* name, Milliseconds value) {
    std::printf("%-38s %10.0f ms\n", name, value.count());
  };
  const Findings& findings = inspection.findings();
  row("kills", static_cast<std::size_t>(kills));
  row("orders attempted", attempts.size());
  row("orders acknowledged", count_of(attempts, Attempt::Answer::acknowledged));
  row("orders refused", count_of(attempts, Attempt::Answer::refused));
  row("orders without an answer", count_of(attempts, Attempt::Answer::none));
  row("  of which stored", inspection.stored_unanswered());
  row("acknowledged and lost", findings.count("lost"));
  row("unexpected", findings.count("unexpected"));
  row("charged twice", findings.count("duplicated charge"));
  row("applied twice", findings.count("applied twice"));
  row("applied out of order", findings.count("out of order"));
  row("users with wrong statistics", findings.count("wrong statistics"));
  time("restart to first 201, median", recoveries.at(recoveries.size() / 2));
  time("restart to first 201, longest", recoveries.back());
  time("last order placed to all checked", rest);
  std::fflush(stdout);
}

TEST_CASE("nothing that was acknowledged is lost or done twice however often the node is killed") {
  const std::uint64_t kills = number_from("ORDERFLOW_KILLS", sanitized ? 8 : 50);
  const std::uint64_t seed = number_from("ORDERFLOW_SEED", std::random_device()());
  std::printf("ORDERFLOW_SEED=%llu\n", static_cast<unsigned long long>(seed));
  TemporaryFolder folder;
  Load load(seed, connections, sanitized ? 50ms : 20ms);
  KillSeries series(folder.path(), seed, load);

  series.kill(kills);
  const auto node = series.survive();
  const std::vector<Attempt> attempts = load.stop();
  const auto placed = Clock::now();

  HttpClient client(node->port());
  Inspection inspection(client, attempts);
  inspection.run(folder.path());
  print_report(kills, attempts, inspection, series.recoveries(), Clock::now() - placed);
  check_sound(folder.path());
  INFO(inspection.findings().to_text());
  CHECK(inspection.findings().empty());
  CHECK(count_of(attempts, Attempt::Answer::refused) == 0);
}

}  // namespace
}  // namespace orderflow::test
