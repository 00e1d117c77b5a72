#include "app/modules.hpp"
#include "telemetry/log_levels.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace orderflow::app {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The names under which the sources of the product log.
std::set<std::string> names_in_sources() {
  static const std::regex use(R"re(\blog\("([^"]*)"\))re");
  std::set<std::string> names;
  for (const char* folder : {"src", "modules"}) {
    const auto root = std::filesystem::path(ORDERFLOW_SOURCES) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".cpp") continue;
      const std::string text = text_of(entry.path());
      for (std::sregex_iterator found(text.begin(), text.end(), use), end; found != end; ++found)
        names.insert((*found)[1]);
    }
  }
  return names;
}

TEST_CASE("whatever logs under a name of its own can be given a level of its own") {
  std::vector<std::string> modules;
  for (const auto& module : make_modules())
    modules.emplace_back(module->name());
  const std::vector<std::string> components = telemetry::log_components(modules);
  const std::set<std::string> used = names_in_sources();
  CHECK(used.contains("events"));
  CHECK(used.contains("billing"));
  for (const std::string& name : used) {
    CAPTURE(name);
    CHECK(std::ranges::find(components, name) != components.end());
  }
}

}  // namespace
}  // namespace orderflow::app
