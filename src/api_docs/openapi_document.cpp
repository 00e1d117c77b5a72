#include "api_docs/openapi_document.hpp"

#include "api_docs/schema_example.hpp"
#include "core/text.hpp"
#include "http/routing/access.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

namespace orderflow::api_docs {
namespace {

using http::Access;
using nlohmann::ordered_json;

constexpr std::string_view about =
    "Orderflow takes orders, checks them for fraud, charges them, notifies the buyer and keeps "
    "statistics. Bodies are JSON in camelCase, times are RFC 3339 in UTC, amounts are whole "
    "numbers of the currency's minor unit. Errors are problem documents of RFC 9457 "
    "(`application/problem+json`), with a `type` for programs, an entry for each bad field and the "
    "correlation id. `HEAD` is answered wherever `GET` is. A query parameter is given once. "
    "Preconditions are evaluated everywhere (RFC 9110), by the `ETag` of a resource that has one; "
    "`If-None-Match: *` on an existing resource is 304 for `GET`, 412 for a change.";

ordered_json reference(std::string_view kind, std::string_view name) {
  return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

std::string key_of(const http::Router::Route& route) {
  return core::lower_case(http::to_string(route.method)) + " " + route.pattern;
}

/// The access that a description states for its operation.
Access described_access(const ordered_json& operation, std::span<const core::Scope> scopes) {
  const ordered_json& scope = operation.at("x-scope");
  if (scope.is_null()) return Access::open;
  const auto& name = scope.get_ref<const std::string&>();
  if (name.empty()) return Access::any_key;
  const auto found = std::ranges::find(scopes, name, &core::Scope::name);
  if (found != scopes.end()) return *found;
  throw std::logic_error("a description names an unknown scope: " + name);
}

class OpenApiAssembly {
 public:
  OpenApiAssembly(const ApiDescriptions& descriptions, const events::Catalog& catalog)
      : descriptions_(descriptions) {
    document_["openapi"] = "3.1.0";
    document_["info"] = {{"title", "Orderflow"},
                         {"version", ORDERFLOW_VERSION},
                         {"summary", "Event-driven ordering in one executable"},
                         {"description", about}};
    document_["servers"] = ordered_json::array(
        {{{"url", "/"}, {"description", "The node that serves this document."}}});
    document_["tags"] = descriptions.tags;
    document_["paths"] = ordered_json::object();
    document_["components"] = descriptions.components;
    document_["components"]["responses"] = ordered_json::object();
    add_events(catalog);
    add_problems();
  }

  void add(const std::string& path, const std::string& method, Access access) {
    const ordered_json& described = descriptions_.paths.at(path).at(method);
    ordered_json operation = described;
    operation.erase("x-scope");
    operation.erase("x-problems");
    add_parameters(operation);
    if (operation.contains("requestBody")) {
      add_examples(operation["requestBody"]["content"]);
    }
    for (auto& [status, response] : operation["responses"].items()) {
      add_correlation(response);
      if (response.contains("content")) add_examples(response["content"]);
    }
    add_refusals(operation, described, method, access);
    add_security(operation, access);
    document_["paths"][path][method] = std::move(operation);
  }

  ordered_json take() && { return std::move(document_); }

 private:
  void add_events(const events::Catalog& catalog) {
    ordered_json& schemas = document_["components"]["schemas"];
    ordered_json any = ordered_json::array();
    for (const events::EventType& type : catalog.types()) {
      ordered_json& schema = schemas[schema_name(type)] = embedded_schema(type);
      schema["examples"] = ordered_json::array({descriptions_.example_of_event(type)});
      any.push_back(reference("schemas", schema_name(type)));
    }
    schemas["EventData"] = {{"description", "The payload of an event, by its kind and version."},
                            {"anyOf", std::move(any)}};
  }

  void add_problems() {
    ordered_json& examples = document_["components"]["examples"] = ordered_json::object();
    for (const auto& [slug, problem] : descriptions_.problems.items()) {
      ordered_json value = {{"type", "/problems/" + slug},
                            {"title", problem.at("title")},
                            {"status", problem.at("status")},
                            {"detail", problem.at("detail")}};
      if (problem.contains("errors")) value["errors"] = problem.at("errors");
      if (problem.contains("members")) value.update(problem.at("members"));
      value["correlationId"] = "checkout-7431";
      examples[slug] = {{"summary", problem.at("title")}, {"value", std::move(value)}};
    }
  }

  static void add_parameters(ordered_json& operation) {
    ordered_json parameters = operation.value("parameters", ordered_json::array());
    parameters.push_back(reference("parameters", "X-Correlation-ID"));
    parameters.push_back(reference("parameters", "traceparent"));
    operation["parameters"] = std::move(parameters);
  }

  void add_examples(ordered_json& content) const {
    for (auto& [type, body] : content.items()) {
      if (!body.contains("example")) body["example"] = example_of(document_, body.at("schema"));
    }
  }

  static void add_correlation(ordered_json& response) {
    ordered_json& headers = response["headers"];
    headers["X-Correlation-ID"] = reference("headers", "X-Correlation-ID");
    headers["traceparent"] = reference("headers", "traceparent");
  }

  /// The problems that an operation may answer, those included that the server finds before it.
  std::set<std::string> problems_of(const ordered_json& operation, const ordered_json& described,
                                    const std::string& method, Access access) const {
    std::set<std::string> slugs{"malformed-request",   "request-timeout",  "expectation-failed",
                                "host-not-allowed",    "header-too-large", "too-many-requests",
                                "internal-error",      "unavailable",      "too-many-connections",
                                "precondition-failed", "bad-parameter",    "cross-origin-request"};
    for (const auto& slug : described.value("x-problems", ordered_json::array()))
      slugs.insert(slug.get<std::string>());
    static const ordered_json::json_pointer json_body("/requestBody/content/application~1json");
    const bool takes_json = operation.contains(json_body);
    if (takes_json) slugs.insert("malformed-json");
    if (method != "get") {
      slugs.insert({"length-required", "body-too-large", "unsupported-content-coding"});
      if (takes_json || !operation.contains("requestBody")) slugs.insert("unsupported-media-type");
    }
    if (access.needs_key()) slugs.insert("key-required");
    if (access.scope()) slugs.insert("scope-required");
    return slugs;
  }

  void add_refusals(ordered_json& operation, const ordered_json& described,
                    const std::string& method, Access access) {
    std::map<int, std::vector<std::string>> by_status;
    for (const std::string& slug : problems_of(operation, described, method, access))
      by_status[descriptions_.problems.at(slug).at("status").get<int>()].push_back(slug);
    for (const auto& [status, slugs] : by_status) {
      ordered_json& responses = operation["responses"];
      const std::string name = std::to_string(status);
      const std::string shared = response_of(slugs);
      if (!responses.contains(name)) {
        responses[name] = reference("responses", shared);
        continue;
      }
      const ordered_json& refusal = document_["components"]["responses"][shared];
      responses[name]["content"].update(refusal.at("content"));
      responses[name]["headers"].update(refusal.at("headers"));
    }
  }

  /// The name of the response for any of these problems.
  std::string response_of(const std::vector<std::string>& slugs) {
    std::string name;
    for (const std::string& slug : slugs)
      name.append(name.empty() ? "" : ".").append(slug);
    ordered_json& responses = document_["components"]["responses"];
    if (responses.contains(name)) return name;
    std::string description;
    ordered_json examples = ordered_json::object();
    ordered_json headers = ordered_json::object();
    for (const std::string& slug : slugs) {
      const ordered_json& problem = descriptions_.problems.at(slug);
      description.append(description.empty() ? "" : " ")
          .append(problem.at("title").get<std::string>())
          .append(".");
      examples[slug] = reference("examples", slug);
      for (const auto& header : problem.value("headers", ordered_json::array()))
        headers[header.get<std::string>()] = reference("headers", header.get<std::string>());
    }
    ordered_json response = {{"description", description}, {"headers", std::move(headers)}};
    add_correlation(response);
    response["content"]["application/problem+json"] = {{"schema", reference("schemas", "Problem")},
                                                       {"examples", std::move(examples)}};
    responses[name] = std::move(response);
    return name;
  }

  static void add_security(ordered_json& operation, Access access) {
    ordered_json security = ordered_json::array();
    if (access.needs_key()) {
      ordered_json scopes = ordered_json::array();
      if (access.scope()) scopes.push_back(access.scope_name());
      security.push_back({{"apiKey", std::move(scopes)}});
    }
    operation["security"] = std::move(security);
  }

  const ApiDescriptions& descriptions_;
  ordered_json document_;
};

/// Those of `routes` without a description, as "GET /v1/orders".
std::vector<std::string> undescribed(const ApiDescriptions& descriptions,
                                     const std::vector<http::Router::Route>& routes) {
  std::vector<std::string> missing;
  for (const auto& route : routes) {
    const auto path = descriptions.paths.find(route.pattern);
    const bool described = path != descriptions.paths.end() &&
                           path->contains(core::lower_case(http::to_string(route.method)));
    if (!described) {
      missing.push_back(std::string(http::to_string(route.method)) + " " + route.pattern);
    }
  }
  return missing;
}

/// `access_of` gives what an operation needs, or nothing where the document leaves it out.
template <class AccessOf>
ordered_json assemble(const ApiDescriptions& descriptions, const events::Catalog& catalog,
                      AccessOf access_of) {
  OpenApiAssembly assembly(descriptions, catalog);
  for (const auto& [path, operations] : descriptions.paths.items()) {
    for (const auto& [method, operation] : operations.items()) {
      const std::optional<Access> access = access_of(method + " " + path, operation);
      if (access) assembly.add(path, method, *access);
    }
  }
  return std::move(assembly).take();
}

}  // namespace

ordered_json openapi_document(const ApiDescriptions& descriptions, const events::Catalog& catalog,
                              std::span<const core::Scope> scopes) {
  return assemble(descriptions, catalog,
                  [&](const std::string&, const ordered_json& operation) -> std::optional<Access> {
                    return described_access(operation, scopes);
                  });
}

ordered_json openapi_document(const ApiDescriptions& descriptions, const events::Catalog& catalog,
                              const std::vector<http::Router::Route>& routes) {
  std::map<std::string, Access> there;
  for (const auto& route : routes)
    there.emplace(key_of(route), route.access);
  ordered_json document =
      assemble(descriptions, catalog,
               [&](const std::string& key, const ordered_json&) -> std::optional<Access> {
                 const auto found = there.find(key);
                 if (found == there.end()) return std::nullopt;
                 return found->second;
               });
  if (const auto missing = undescribed(descriptions, routes); !missing.empty()) {
    document["x-undescribed"] = missing;
  }
  return document;
}

}  // namespace orderflow::api_docs
