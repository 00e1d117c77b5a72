#include "commands/client/pages.hpp"

#include <algorithm>

namespace orderflow::commands {
namespace {

constexpr std::size_t page_max = 500;

}  // namespace

nlohmann::json collect(cli::NodeClient& node, const PagedList& list, std::size_t limit) {
  nlohmann::json all = {{list.member, nlohmann::json::array()}, {"next", nullptr}};
  auto& entries = all[list.member];
  std::string after = list.after;
  for (;;) {
    auto parameters = list.filters;
    parameters.emplace_back("limit", std::to_string(std::min(limit - entries.size(), page_max)));
    parameters.emplace_back("after", after);
    const nlohmann::json page = node.get(list.path + cli::query_of(parameters));
    for (const auto& entry : page.at(list.member))
      entries.push_back(entry);
    const auto& next = page.at("next");
    // The log reports its end by `end`; its `next` stays valid, for reading on later.
    const bool at_end = next.is_null() || page.value("end", false);
    if (!at_end) all["next"] = next;
    if (at_end || entries.size() >= limit) {
      if (at_end) all["next"] = nullptr;
      return all;
    }
    after = next.get<std::string>();
  }
}

}  // namespace orderflow::commands
