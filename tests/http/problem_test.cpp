#include "http/message/problem.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace orderflow::http {

TEST_CASE("an API key that was sent where it does not belong is not sent back") {
  const std::string key = "ofk_0123456789abcdef_" + std::string(64, '0');
  const http::Problem problem{404,
                              "route-not-found",
                              "No such route",
                              "There is nothing at /v1/" + key + ".",
                              {{"/" + key, "is " + key}}};
  const http::Response response = http::problem_response(http::Request{}, problem);
  CHECK(response.body.find(key.substr(4)) == std::string::npos);
  CHECK(response.body.find("There is nothing at /v1/ofk_***.") != std::string::npos);
}

TEST_CASE("a problem names each bad field and the request it answers") {
  Request request;
  request.trace.correlation_id = "c-1";
  const Response response = problem_response(
      request, {422,
                "invalid-order",
                "The order is invalid",
                "Two fields are bad.",
                {{"/items/0/price", "must be an integer"}, {"/userId", "missing"}}});
  CHECK(response.status == 422);
  CHECK(response.content_type == "application/problem+json");
  CHECK(nlohmann::json::parse(response.body) == nlohmann::json::parse(R"({
    "type": "/problems/invalid-order", "title": "The order is invalid", "status": 422,
    "detail": "Two fields are bad.", "correlationId": "c-1",
    "errors": [{"pointer": "/items/0/price", "detail": "must be an integer"},
               {"pointer": "/userId", "detail": "missing"}]})"));
}

TEST_CASE("a problem without field errors has no list of them") {
  const Response response =
      problem_response({}, {404, "order-not-found", "No such order", "None."});
  CHECK_FALSE(nlohmann::json::parse(response.body).contains("errors"));
}

TEST_CASE("a problem that quotes broken UTF-8 is still a document") {
  const Response response =
      problem_response({}, {400, "bad", "Bad", "The name is \"\xff\xc3\".", {{"/\xfe", "\x80"}}});
  CHECK(nlohmann::json::accept(response.body));
}

}  // namespace orderflow::http
