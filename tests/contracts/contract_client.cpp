#include "contract_client.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include <utility>

namespace orderflow::test {

using nlohmann::json;

ApiContract served_contract(std::uint16_t port, const HttpHeaders& headers) {
  HttpClient client(port);
  return ApiContract(client.send("GET", "/openapi.json", headers, "").json());
}

HttpResponse ContractClient::expect(unsigned status, const std::string& method,
                                    std::string_view target, const json& body,
                                    HttpHeaders headers) {
  std::string text;
  if (!body.is_null()) text = body.is_string() ? body.get<std::string>() : body.dump();
  const bool typed = std::ranges::any_of(
      headers, [](const auto& header) { return header.first == "Content-Type"; });
  if (!text.empty() && !typed) headers.emplace_back("Content-Type", "application/json");
  headers.insert(headers.end(), always_.begin(), always_.end());
  HttpResponse answer = client_.send(method, target, headers, text);
  CHECK_MESSAGE(answer.status == status, method, " ", target, ": ", answer.body);
  for (const std::string& fault :
       contract_.faults(method, target, body.is_object() ? body : json(), answer)) {
    FAIL_CHECK(method, " ", target, " -> ", answer.status, ": ", fault, "\n", answer.body);
  }
  return answer;
}

HttpResponse ContractClient::refuse(std::string_view problem, const std::string& method,
                                    std::string_view target, const json& body,
                                    HttpHeaders headers) {
  const json& example =
      contract_.document().at("components").at("examples").at(std::string(problem)).at("value");
  HttpResponse answer =
      expect(example.at("status").get<unsigned>(), method, target, body, std::move(headers));
  CHECK_MESSAGE(answer.body.find("/problems/" + std::string(problem) + "\"") != std::string::npos,
                method, " ", target, ": ", answer.body);
  return answer;
}

}  // namespace orderflow::test
