#include "host/page.hpp"

#include "host/json_body.hpp"
#include "http/message/problem.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

namespace orderflow::host {

std::size_t page_limit(const http::Request& request, core::FieldErrors& errors) {
  const auto text = request.query_value("limit");
  if (!text) return limit_default;
  std::size_t limit = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (parsed.ec != std::errc{} || parsed.ptr != text->data() + text->size() || limit < 1 ||
      limit > limit_max) {
    errors.push_back({"limit", "must be a whole number from 1 to " + std::to_string(limit_max)});
    return limit_default;
  }
  return limit;
}

http::Response page_response(const char* name, nlohmann::json entries,
                             std::optional<std::string> next) {
  nlohmann::json document{{name, std::move(entries)}, {"next", nullptr}};
  if (next) document["next"] = *std::move(next);
  return json_response(200, document);
}

void reject_unknown_parameters(const http::Request& request,
                               std::initializer_list<std::string_view> known,
                               core::FieldErrors& errors) {
  for (const auto& [name, value] : request.query) {
    if (errors.is_full()) return;
    if (std::ranges::find(known, name) != known.end()) continue;
    std::string allowed;
    for (const std::string_view one : known) {
      allowed += allowed.empty() ? "" : ", ";
      allowed += one;
    }
    errors.push_back({name, "is not a parameter of this resource; there are: " + allowed});
  }
}

http::Response bad_parameters(const http::Request& request, core::FieldErrors errors) {
  const http::Problem problem{400, "bad-parameter", "A query parameter is not valid",
                              "See errors for each parameter.", std::move(errors)};
  return http::problem_response(request, problem);
}

}  // namespace orderflow::host
