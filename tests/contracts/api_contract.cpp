#include "api_contract.hpp"

#include "events/log/schema_check.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::test {
namespace {

using nlohmann::json;
using Faults = std::vector<std::string>;

/// What the server answers for any route, before a handler sees the request or where it fails.
const std::set<std::string> of_the_server{
    "bad-parameter",         "body-too-large",    "cross-origin-request",
    "expectation-failed",    "header-too-large",  "host-not-allowed",
    "internal-error",        "key-required",      "length-required",
    "malformed-json",        "malformed-request", "precondition-failed",
    "request-timeout",       "scope-required",    "too-many-requests",
    "too-many-connections",  "unavailable",       "unsupported-content-coding",
    "unsupported-media-type"};

/// Closes every object schema that names its members and does not define what others may be.
void close_objects(json& node) {
  if (node.is_structured()) {
    for (auto& part : node)
      close_objects(part);
  }
  if (node.is_object() && node.contains("type") && node.contains("properties") &&
      node["properties"].is_object() && !node.contains("additionalProperties")) {
    node["additionalProperties"] = false;
  }
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

/// How many parts of `path` the pattern names literally; -1 where it does not match.
int match(std::string_view pattern, std::string_view path) {
  const auto wanted = parts_of(pattern);
  const auto given = parts_of(path);
  if (wanted.size() != given.size()) return -1;
  int literal = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == given[i]) {
      ++literal;
    } else if (!wanted[i].starts_with('{')) {
      return -1;
    }
  }
  return literal;
}

bool is_success(const std::string& status) {
  return status.starts_with('2') || status.starts_with('3');
}

std::string media_type_of(const HttpResponse& answer) {
  const std::string type = answer.header("content-type");
  return type.substr(0, type.find(';'));
}

}  // namespace

ApiContract::ApiContract(json document) : document_(std::move(document)) {
  strict_components_ = document_.at("components").at("schemas");
  close_objects(strict_components_);
}

const json& ApiContract::resolve(const json& node) const {
  if (!node.contains("$ref")) return node;
  const auto& reference = node.at("$ref").get_ref<const std::string&>();
  return document_.at(json::json_pointer(reference.substr(1)));
}

const json* ApiContract::operation_of(const std::string& method, std::string_view path) const {
  const json* found = nullptr;
  int best = -1;
  for (const auto& [pattern, operations] : document_.at("paths").items()) {
    const int literal = match(pattern, path);
    if (literal > best && operations.contains(method)) {
      best = literal;
      found = &operations.at(method);
    }
  }
  return found;
}

void ApiContract::check_schema(const json& schema, const json& value, const std::string& what,
                               Faults& faults) const {
  json whole = schema;
  close_objects(whole);
  whole["components"] = {{"schemas", strict_components_}};
  for (const auto& error : events::check_schema(whole.dump(), value))
    faults.push_back(what + " " + error.pointer + ": " + error.detail);
}

Faults ApiContract::faults_of(const std::string& schema, const json& value) const {
  Faults faults;
  check_schema({{"$ref", "#/components/schemas/" + schema}}, value, schema, faults);
  return faults;
}

void ApiContract::check_headers(const json& response, const HttpResponse& answer,
                                Faults& faults) const {
  static const std::set<std::string> always{
      "date",         "content-length", "transfer-encoding",      "connection",
      "content-type", "cache-control",  "x-content-type-options", "vary"};
  static const std::set<std::string> optional{"Idempotent-Replayed", "Preference-Applied"};
  std::set<std::string> known = always;
  const json described = response.value("headers", json::object());
  for (const auto& [name, header] : described.items()) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    known.insert(lower);
    const std::string value = answer.header(lower);
    if (value.empty()) {
      // Of a response that stands for several problems, some may lack it.
      if (!optional.contains(name) && answer.status < 400) faults.push_back("no header " + name);
    } else {
      check_schema(resolve(header).at("schema"), value, "header " + name, faults);
    }
  }
  for (const auto& [name, value] : answer.headers) {
    static const std::set<std::string> of_pages{
        "content-security-policy",      "referrer-policy",    "cross-origin-opener-policy",
        "cross-origin-resource-policy", "permissions-policy", "x-frame-options"};
    if (!known.contains(name) && !of_pages.contains(name)) {
      faults.push_back("a header that is not described: " + name);
    }
  }
}

void ApiContract::check_problem(const json& body, const json& examples, const HttpResponse& answer,
                                Faults& faults) const {
  const std::string type = body.value("type", "");
  const std::string slug = type.substr(type.rfind('/') + 1);
  if (!examples.contains(slug)) faults.push_back("a problem that is not described: " + slug);
  if (body.value("status", 0U) != answer.status) faults.push_back("the problem's status differs");
  if (body.value("correlationId", "") != answer.header("x-correlation-id")) {
    faults.push_back("the problem's correlation id differs");
  }
  if (examples.contains(slug) &&
      resolve(examples.at(slug)).at("value").at("title") != body.at("title")) {
    faults.push_back("the problem's title differs from that of " + slug);
  }
}

Faults ApiContract::faults(const std::string& method, std::string_view target, const json& sent,
                           const HttpResponse& answer) {
  std::string lower = method;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const json* operation = operation_of(lower, target.substr(0, target.find('?')));
  if (operation == nullptr) return {"there is no such operation"};
  const std::string id = operation->at("operationId");
  const std::string status = std::to_string(answer.status);
  const json& responses = operation->at("responses");
  if (!responses.contains(status)) return {id + " does not describe " + status};
  const json& response = resolve(responses.at(status));

  Faults faults;
  check_headers(response, answer, faults);
  if (is_success(status)) seen_.insert(id + " " + status);
  if (is_success(status) && !sent.is_null()) {
    check_schema(operation->at("requestBody").at("content").at("application/json").at("schema"),
                 sent, "the request", faults);
  }
  if (!response.contains("content")) {
    if (!answer.body.empty()) faults.push_back("a body that is not described");
    return faults;
  }
  const std::string type = media_type_of(answer);
  if (!response.at("content").contains(type)) {
    faults.push_back("a content type that is not described: " + type);
    return faults;
  }
  const json& content = response.at("content").at(type);
  const bool is_json = type.ends_with("json");
  const json body = is_json ? json::parse(answer.body) : json(answer.body);
  check_schema(content.at("schema"), body, "the answer", faults);
  if (type == "application/problem+json") {
    check_problem(body, content.at("examples"), answer, faults);
    const std::string slug = body.at("type").get<std::string>().substr(10);
    seen_.insert(id + " " + slug);
  }
  return faults;
}

std::set<std::string> ApiContract::unseen() const {
  std::set<std::string> described;
  for (const auto& [path, operations] : document_.at("paths").items()) {
    for (const auto& [method, operation] : operations.items()) {
      const std::string id = operation.at("operationId");
      for (const auto& [status, node] : operation.at("responses").items()) {
        if (is_success(status)) described.insert(id + " " + status);
        const json& response = resolve(node);
        const json::json_pointer problems("/content/application~1problem+json/examples");
        if (!response.contains(problems)) continue;
        for (const auto& [slug, example] : response.at(problems).items()) {
          if (!of_the_server.contains(slug)) described.insert(id + " " + slug);
        }
      }
    }
  }
  std::set<std::string> left;
  std::ranges::set_difference(described, seen_, std::inserter(left, left.end()));
  return left;
}

}  // namespace orderflow::test
