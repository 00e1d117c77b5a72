#pragma once

#include "core/field_error.hpp"
#include "http/message/message.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::http {

/// A problem document of RFC 9457.
///
///     co_return problem_response(request, {404, "order-not-found", "No such order",
///                                          "There is no order 0190…"});
struct Problem {
  unsigned status;
  std::string_view type;   ///< stable slug: the document's `type` is "/problems/<slug>"
  std::string_view title;  ///< the same for every occurrence of the type
  std::string detail;      ///< this occurrence, for people
  core::FieldErrors errors = {};
  /// Further members of the document that this type has (RFC 9457, section 3.2).
  std::vector<std::pair<std::string_view, std::string>> members = {};
};

/// The `application/problem+json` answer to `request`, with its correlation id. API keys in it
/// are masked.
Response problem_response(const Request& request, const Problem& problem);

}  // namespace orderflow::http
