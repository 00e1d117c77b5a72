#pragma once

#include "support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::test {

/// An OpenAPI document that real answers are compared with. It is read more strictly than clients
/// would: a member that a schema does not name is a fault.
class ApiContract {
 public:
  explicit ApiContract(nlohmann::json document);

  /// What is wrong with an answer to `method target`, given what the document has about it. Empty:
  /// nothing. Remembers what has been seen. `sent` is the JSON that was sent, or null: where it was
  /// accepted it must have been valid.
  std::vector<std::string> faults(const std::string& method, std::string_view target,
                                  const nlohmann::json& sent, const HttpResponse& answer);

  /// What is wrong with a document of the named schema.
  std::vector<std::string> faults_of(const std::string& schema, const nlohmann::json& value) const;

  /// Answers that are described and were never seen: every success, as "placeOrder 201", and every
  /// problem that is not among those that the server itself answers for any route, as
  /// "placeOrder invalid-order".
  std::set<std::string> unseen() const;

  const nlohmann::json& document() const noexcept { return document_; }

 private:
  const nlohmann::json* operation_of(const std::string& method, std::string_view path) const;
  const nlohmann::json& resolve(const nlohmann::json& node) const;
  void check_schema(const nlohmann::json& schema, const nlohmann::json& value,
                    const std::string& what, std::vector<std::string>& faults) const;
  void check_headers(const nlohmann::json& response, const HttpResponse& answer,
                     std::vector<std::string>& faults) const;
  void check_problem(const nlohmann::json& body, const nlohmann::json& examples,
                     const HttpResponse& answer, std::vector<std::string>& faults) const;

  nlohmann::json document_;
  nlohmann::json strict_components_;
  std::set<std::string> seen_;
};

}  // namespace orderflow::test
