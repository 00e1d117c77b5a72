#include "config/document.hpp"
#include "modules.hpp"
#include "settings.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::app {
namespace {

/// The effective settings as all parts of a node read them.
nlohmann::ordered_json read_all(config::Sources sources) {
  config::Document document(std::move(sources));
  const auto modules = make_modules();
  std::vector<std::string> names;
  for (const auto& module : modules)
    names.emplace_back(module->name());
  read_settings(document, names);
  for (const auto& module : modules)
    module->configure(document.section(module->name()));
  document.check();
  return document.effective();
}

TEST_CASE("the settings file that is shipped is complete and tells the built-in defaults") {
  const auto built_in = read_all({});
  const auto shipped = read_all({.file = ORDERFLOW_SETTINGS_FILE});
  CHECK(built_in.size() > 30);
  for (const auto& [path, setting] : built_in.items()) {
    CAPTURE(path);
    // A secret may not stand in the file.
    if (setting["default"].is_null()) continue;
    CHECK(shipped[path]["source"] == "file");
    CHECK(shipped[path]["value"] == setting["value"]);
  }
}

TEST_CASE("a node serves its own machine alone as long as there are no API keys") {
  CHECK_NOTHROW(require_loopback("127.0.0.1"));
  CHECK_NOTHROW(require_loopback("127.9.9.9"));
  CHECK_NOTHROW(require_loopback("::1"));
  CHECK_THROWS_WITH(require_loopback("0.0.0.0"), doctest::Contains("http.host: 0.0.0.0"));
  CHECK_THROWS_WITH(require_loopback("::"), doctest::Contains("without API keys"));
  CHECK_THROWS_WITH(require_loopback("localhost"), doctest::Contains("is not an IP address"));
}

}  // namespace
}  // namespace orderflow::app
