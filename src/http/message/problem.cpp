#include "http/message/problem.hpp"

#include "core/secret_text.hpp"

#include <nlohmann/json.hpp>

namespace orderflow::http {

Response problem_response(const Request& request, const Problem& problem) {
  nlohmann::ordered_json document;
  document["type"] = "/problems/" + std::string(problem.type);
  document["title"] = problem.title;
  document["status"] = problem.status;
  document["detail"] = core::with_keys_masked(problem.detail);
  if (!problem.errors.empty()) {
    auto& errors = document["errors"] = nlohmann::ordered_json::array();
    for (const core::FieldError& error : problem.errors) {
      errors.push_back({{"pointer", core::with_keys_masked(error.pointer)},
                        {"detail", core::with_keys_masked(error.detail)}});
    }
  }
  for (const auto& [name, value] : problem.members)
    document[name] = value;
  document["correlationId"] = request.trace.correlation_id;

  Response response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  // Details may quote what a client sent, which need not be UTF-8.
  response.body = document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

}  // namespace orderflow::http
