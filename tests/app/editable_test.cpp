// What an operator may edit in dead letters, over all events that there are.
#include "app/modules.hpp"
#include "events/log/catalog.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace orderflow::app {
namespace {

TEST_CASE("an operator may edit an address and a payment method, and nothing else of any event") {
  events::Catalog catalog;
  for (const auto& module : make_modules())
    module->describe(catalog);
  std::set<std::string> editable;
  for (const events::EventType& type : catalog.types()) {
    for (const std::string& member : type.editable)
      editable.insert(type.kind + " " + member);
  }
  CHECK(editable == std::set<std::string>{"order.created email", "order.processed email",
                                          "payment.refunded email",
                                          "payment.requested paymentMethod"});
}

}  // namespace
}  // namespace orderflow::app
