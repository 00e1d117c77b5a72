// Which modules a list names.
#include "app/modules.hpp"
#include "app/settings.hpp"
#include "config/document.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace orderflow::app {
namespace {

using HostedList = std::vector<std::string>;

HostedList hosted(const std::string& list) {
  config::Document document({.environment = {"ORDERFLOW_NODE_MODULES=" + list}});
  HostedList all;
  for (const auto& module : make_modules())
    all.emplace_back(module->name());
  return read_settings(document, all).modules;
}

TEST_CASE("a list that names notifications hosts webhooks, as it did when they were one") {
  CHECK(hosted("notifications") == HostedList{"notifications", "webhooks"});
  CHECK(hosted("notifications,users") == HostedList{"notifications", "webhooks", "users"});
  CHECK(hosted("orders,billing,notifications,users").size() == make_modules().size());
  CHECK(hosted("webhooks,notifications") == HostedList{"webhooks", "notifications"});
}

TEST_CASE("webhooks can be hosted without notifications, and others without webhooks") {
  CHECK(hosted("webhooks") == HostedList{"webhooks"});
  CHECK(hosted("orders,users") == HostedList{"orders", "users"});
}

}  // namespace
}  // namespace orderflow::app
