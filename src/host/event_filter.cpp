#include "host/event_filter.hpp"

#include "core/uuid.hpp"
#include "http/message/problem.hpp"

#include <utility>

namespace orderflow::host {

std::optional<std::string> fault_of_kind(const events::Catalog& catalog, std::string_view kind) {
  std::string known;
  std::string last;
  for (const events::EventType& type : catalog.types()) {
    if (type.kind == kind) return std::nullopt;
    if (type.kind == std::exchange(last, type.kind)) continue;
    known.append(known.empty() ? "" : ", ").append(type.kind);
  }
  return "is not a kind of event; there are: " + known;
}

http::Response unknown_kind(const http::Request& request, std::string fault) {
  const http::Problem problem{422,
                              "unknown-kind",
                              "There is no such kind of event",
                              "See errors for those that exist.",
                              {{"kind", std::move(fault)}}};
  return http::problem_response(request, problem);
}

std::string wanted_key(std::string_view text) {
  const auto id = core::Uuid::parse(text);
  return id ? id->to_string() : std::string(text);
}

}  // namespace orderflow::host
