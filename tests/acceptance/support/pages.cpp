#include "acceptance/support/pages.hpp"

#include "acceptance/support/orders.hpp"

#include <doctest/doctest.h>

namespace orderflow::test {

using nlohmann::json;

void for_each(HttpClient& client, const std::string& target, const char* name, std::size_t limit,
              const std::function<void(const json&)>& visit) {
  std::string after;
  for (;;) {
    const json page = get(client, target + "limit=" + std::to_string(limit) + after);
    const json& elements = page.at(name);
    REQUIRE(elements.size() <= limit);
    for (const json& element : elements)
      visit(element);
    const json& next = page.at("next");
    if (next.is_null() || page.value("end", false)) return;
    REQUIRE("&after=" + next.get<std::string>() != after);
    after = "&after=" + next.get<std::string>();
  }
}

}  // namespace orderflow::test
