#pragma once

#include "support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <string>

namespace orderflow::test {

/// Visits every element of a list, page after page of at most `limit`. `target` ends in `?` or `&`;
/// `name` is what a page calls its elements.
void for_each(HttpClient& client, const std::string& target, const char* name, std::size_t limit,
              const std::function<void(const nlohmann::json&)>& visit);

}  // namespace orderflow::test
