#pragma once

#include "cli/node_client.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::commands {

/// A list that a node serves in pages.
struct PagedList {
  std::string path;                                          ///< "/v1/orders"
  std::string member;                                        ///< of the entries: "orders"
  std::vector<std::pair<std::string, std::string>> filters;  ///< empty ones are not asked for
  std::string after;                                         ///< where to begin; may be empty
};

/// Up to `limit` entries, from as many pages as it takes: `{<member>: […], "next": …}`; `next` is
/// null at the end of the list. Throws what `NodeClient::ask` throws.
nlohmann::json collect(cli::NodeClient& node, const PagedList& list, std::size_t limit);

}  // namespace orderflow::commands
