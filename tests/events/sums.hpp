#pragma once

#include "probe.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::events {

/// A projection: the sum of the ticks of each key, by generation.
struct Sums {
  bool refuse = false;
  int handled = 0;

  ProbeModule::Install install() {
    return [this](host::Host& host) {
      TransactionalSubscription sums;
      sums.name = "probe.sums";
      sums.kinds = {std::string(Ticked::kind)};
      sums.retry = {.first_delay = std::chrono::seconds{1},
                    .factor = 1,
                    .delay_max = std::chrono::seconds{1},
                    .attempts_max = 2};
      sums.handle = [this](const Event& event, Turn& turn) {
        ++handled;
        if (refuse && event.meta().key == "bad") throw std::runtime_error("refused");
        turn.db().execute(
            "INSERT INTO probe_sum(generation, key, n) VALUES(?1, ?2, ?3)"
            " ON CONFLICT DO UPDATE SET n = n + ?3",
            turn.generation(), event.meta().key, event.as<Ticked>().n);
      };
      sums.projection = Projection{
          .swap =
              [](Turn& turn, std::int64_t generation) {
                turn.db().execute("UPDATE probe_current SET generation = ?1", generation);
              },
          .sweep =
              [](Turn& turn, std::int64_t generation) {
                return turn.db().execute(
                           "DELETE FROM probe_sum WHERE (generation, key) IN (SELECT generation,"
                           " key FROM probe_sum WHERE generation = ?1 LIMIT 3)",
                           generation) > 0;
              }};
      host.subscribe(std::move(sums));
    };
  }
};

/// The sums that a reader sees.
inline std::vector<std::string> sums(test::ModuleHarness& harness) {
  return harness.rows("probe",
                      "SELECT key || '=' || n FROM probe_sum WHERE generation ="
                      " (SELECT generation FROM probe_current) ORDER BY key");
}

inline std::vector<storage::Migration> sum_tables() {
  return {{"probe", 1, "sums",
           "CREATE TABLE probe_sum(generation INTEGER, key TEXT, n INTEGER NOT NULL,"
           " PRIMARY KEY (generation, key)) STRICT;"
           "CREATE TABLE probe_current(generation INTEGER NOT NULL) STRICT;"
           "INSERT INTO probe_current VALUES(0)"}};
}

/// Runs the projection and publishes ticks.
class SumsHarness {
 public:
  explicit SumsHarness(Sums& scene, host::NodeOptions options = {})
      : harness(modules(scene), "{}", sum_tables(), std::move(options)) {}
  void tick(const std::string& key, int n) { harness.publish("probe", key, Ticked{n}); }

  test::ModuleHarness harness;

 private:
  static std::vector<std::unique_ptr<host::Module>> modules(Sums& scene) {
    std::vector<std::unique_ptr<host::Module>> all;
    all.push_back(std::make_unique<ProbeModule>(scene.install()));
    return all;
  }
};

}  // namespace orderflow::events
