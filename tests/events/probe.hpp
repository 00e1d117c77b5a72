#pragma once

#include "events/delivery/subscription.hpp"
#include "host/host.hpp"
#include "host/module.hpp"
#include "support/module_harness.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::events {

/// The event of these tests.
struct Ticked {
  static constexpr std::string_view kind = "tick.happened";
  static constexpr int version = 1;
  static constexpr std::array<std::string_view, 1> editable{"n"};
  int n;
};
inline void to_json(nlohmann::json& json, const Ticked& event) {
  json = {{"n", event.n}};
}
inline void from_json(const nlohmann::json& json, Ticked& event) {
  json.at("n").get_to(event.n);
}

inline constexpr const char* ticked_schema = R"({"properties": {"n": {}}})";

/// What the tests' handlers publish.
struct Tocked {
  static constexpr std::string_view kind = "tock.happened";
  static constexpr int version = 1;
  int n;
};
inline void to_json(nlohmann::json& json, const Tocked& event) {
  json = {{"n", event.n}};
}
inline void from_json(const nlohmann::json& json, Tocked& event) {
  json.at("n").get_to(event.n);
}

/// A module whose subscriptions a test gives, with one table to write into.
class ProbeModule final : public host::Module {
 public:
  using Install = std::function<void(host::Host&)>;
  explicit ProbeModule(Install install) : install_(std::move(install)) {}

  std::string_view name() const noexcept override { return "probe"; }
  void configure(const config::Section&) override {}
  void describe(Catalog& catalog) const override {
    catalog.add_schema(Ticked::kind, 1, ticked_schema);
    catalog.add_schema(Tocked::kind, 1, "{}");
    catalog.add<Ticked>("probe");
    catalog.add<Tocked>("probe");
  }
  void install(host::Host& host) override { install_(host); }

 private:
  Install install_;
};

/// Runs the probe module and publishes ticks.
class Probe {
 public:
  explicit Probe(ProbeModule::Install install, host::NodeOptions options = {})
      : harness(modules(std::move(install)), "{}", tables(), std::move(options)) {}

  void tick(const std::string& key, int n) { harness.publish("probe", key, Ticked{n}); }

  /// "key:n" of every applied event, in the order of application.
  std::vector<std::string> applied() {
    std::vector<std::string> lines =
        harness.rows("probe", "SELECT key || ':' || n FROM probe_applied ORDER BY place");
    return lines;
  }

  test::ModuleHarness harness;

 private:
  static std::vector<std::unique_ptr<host::Module>> modules(ProbeModule::Install install) {
    std::vector<std::unique_ptr<host::Module>> all;
    all.push_back(std::make_unique<ProbeModule>(std::move(install)));
    return all;
  }
  static std::vector<storage::Migration> tables() {
    return {{"probe", 1, "applied",
             "CREATE TABLE probe_applied(place INTEGER PRIMARY KEY, key TEXT NOT NULL,"
             " n INTEGER NOT NULL) STRICT"}};
  }
};

/// Writes down that an event was applied.
inline void apply(const Event& event, Turn& turn) {
  turn.db().execute("INSERT INTO probe_applied(key, n) VALUES(?1, ?2)", event.meta().key,
                    event.as<Ticked>().n);
}

}  // namespace orderflow::events
