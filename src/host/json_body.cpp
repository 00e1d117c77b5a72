#include "host/json_body.hpp"

#include "http/message/problem.hpp"

namespace orderflow::host {

boost::system::result<nlohmann::json, JsonError> parse_json_body(std::string_view body) {
  if (body.empty()) return JsonError{"the body is empty; a JSON document is expected"};
  return core::parse_json_document(body, json_depth_max);
}

http::Response malformed_json(const http::Request& request, const JsonError& error) {
  const http::Problem problem{400, "malformed-json", "The body is not valid JSON", error.detail};
  return http::problem_response(request, problem);
}

http::Response json_response(unsigned status, const nlohmann::json& document) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

}  // namespace orderflow::host
