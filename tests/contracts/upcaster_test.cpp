// An event gets a second version while the log holds the first one: old rows are read as new ones.
#include "events/delivery/subscription.hpp"
#include "host/host.hpp"
#include "host/module.hpp"
#include "support/module_harness.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::test {
namespace {

using nlohmann::json;

constexpr std::string_view sent = "parcel.sent";

/// As it was released first.
struct ParcelSentV1 {
  static constexpr std::string_view kind = sent;
  static constexpr int version = 1;
  double kilograms;
};
void to_json(json& document, const ParcelSentV1& event) {
  document = {{"kilograms", event.kilograms}};
}
void from_json(const json& document, ParcelSentV1& event) {
  document.at("kilograms").get_to(event.kilograms);
}

/// Whole grams, and who carries it.
struct ParcelSent {
  static constexpr std::string_view kind = sent;
  static constexpr int version = 2;
  std::int64_t grams;
  std::string carrier;
};
void to_json(json& document, const ParcelSent& event) {
  document = {{"grams", event.grams}, {"carrier", event.carrier}};
}
void from_json(const json& document, ParcelSent& event) {
  document.at("grams").get_to(event.grams);
  document.at("carrier").get_to(event.carrier);
}

json with_grams(json old) {
  return {{"grams", static_cast<std::int64_t>(old.at("kilograms").get<double>() * 1000)},
          {"carrier", "unknown"}};
}

/// The release of the program that runs.
enum class Release { first, second };

class Parcels final : public host::Module {
 public:
  explicit Parcels(const Release& release) : release_(release) {}

  std::string_view name() const noexcept override { return "parcels"; }
  void configure(const config::Section&) override {}

  void describe(events::Catalog& catalog) const override {
    catalog.add_schema(sent, 1, R"({"type": "object", "required": ["kilograms"]})");
    catalog.add<ParcelSentV1>("parcels");
    if (release_ == Release::first) return;
    catalog.add_schema(sent, 2, R"({"type": "object", "required": ["grams", "carrier"]})");
    catalog.add<ParcelSent>("parcels");
    catalog.add_upcaster(sent, 1, with_grams);
  }

  void install(host::Host& host) override {
    events::TransactionalSubscription weigh;
    weigh.name = "parcels.weigh";
    weigh.kinds = {std::string(sent)};
    weigh.order = events::OrderPolicy::park;
    weigh.handle = [this](const events::Event& event, events::Turn& turn) {
      const bool is_first = release_ == Release::first;
      turn.db().execute("INSERT INTO parcels_seen(key, release, line) VALUES(?1, ?2, ?3)",
                        event.meta().key, is_first ? 1 : 2,
                        is_first ? std::to_string(event.as<ParcelSentV1>().kilograms)
                                 : line_of(event.as<ParcelSent>()));
    };
    host.subscribe(std::move(weigh));
  }

 private:
  static std::string line_of(const ParcelSent& event) {
    return std::to_string(event.grams) + " g by " + event.carrier;
  }

  const Release& release_;
};

std::vector<std::unique_ptr<host::Module>> parcels(const Release& release) {
  std::vector<std::unique_ptr<host::Module>> modules;
  modules.push_back(std::make_unique<Parcels>(release));
  return modules;
}

std::vector<storage::Migration> tables() {
  return {{"parcels", 1, "seen",
           "CREATE TABLE parcels_seen(place INTEGER PRIMARY KEY, key TEXT NOT NULL,"
           " release INTEGER NOT NULL, line TEXT NOT NULL) STRICT"}};
}

/// Lets every subscription begin at the start of the log, when the node starts again.
void read_all_again(ModuleHarness& harness) {
  harness.write("event", [](events::Turn& turn) {
    turn.db().execute("UPDATE event_subscription SET cursor = 0");
  });
}

TEST_CASE("a row of version 1 and one of version 2 are both read as version 2") {
  Release release = Release::first;
  ModuleHarness harness(parcels(release), "{}", tables());
  harness.publish("parcels", "p-1", ParcelSentV1{2.5});
  harness.run_until_idle();
  REQUIRE(harness.rows("parcels", "SELECT line FROM parcels_seen").size() == 1);

  release = Release::second;
  read_all_again(harness);
  harness.restart();
  harness.publish("parcels", "p-2", ParcelSent{700, "a courier"});
  harness.run_until_idle();
  CHECK(harness.rows("parcels",
                     "SELECT key || ': ' || line FROM parcels_seen WHERE release = 2"
                     " ORDER BY place") ==
        std::vector<std::string>{"p-1: 2500 g by unknown", "p-2: 700 g by a courier"});

  // What was written stays as it was written, under the schema of its own version.
  const events::EventList log = harness.log();
  REQUIRE(log.size() == 2);
  CHECK(log[0]->meta().version == 1);
  CHECK(json::parse(log[0]->payload()) == json{{"kilograms", 2.5}});
  CHECK(log[0]->as<ParcelSent>().grams == 2500);
  CHECK(log[1]->meta().version == 2);
  CHECK(harness.node().catalog().find(sent, 1) != nullptr);
}

}  // namespace
}  // namespace orderflow::test
