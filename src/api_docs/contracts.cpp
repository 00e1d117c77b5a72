#include "api_docs/contracts.hpp"

#include "api_docs/asyncapi_document.hpp"
#include "api_docs/openapi_document.hpp"
#include "api_docs/reference_routes.hpp"
#include "config/document.hpp"

#include <utility>

namespace orderflow::api_docs {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

std::string text_of(const nlohmann::ordered_json& document) {
  return document.dump(1) + "\n";
}

rabbitmq::Settings broker_by_default(const std::vector<std::unique_ptr<host::Module>>& modules) {
  std::vector<std::string> names;
  for (const auto& module : modules)
    names.emplace_back(module->name());
  config::Document nothing_set{{}};
  return rabbitmq::read_settings(nothing_set.section("rabbitmq"), names);
}

}  // namespace

Contracts::Contracts(http::Router& router, const events::Catalog& catalog,
                     const rabbitmq::Settings& broker) {
  router.add(http::Method::get, "/openapi.json", http::Access::any_key,
             [this](Request&) -> awaitable<Response> { co_return answer(openapi_); });
  router.add(http::Method::get, "/asyncapi.json", http::Access::any_key,
             [this](Request&) -> awaitable<Response> { co_return answer(asyncapi_); });
  add_reference_routes(router);
  constexpr std::string_view json = "application/json";
  const ApiDescriptions descriptions;
  const auto openapi = openapi_document(descriptions, catalog, router.routes());
  openapi_ = publication(json, text_of(openapi));
  asyncapi_ = publication(json, text_of(asyncapi_document(descriptions, catalog, broker)));
}

std::string printed_openapi(const std::vector<std::unique_ptr<host::Module>>& modules,
                            std::span<const core::Scope> scopes) {
  return text_of(openapi_document(ApiDescriptions(), host::catalog_of(modules), scopes));
}

std::string printed_asyncapi(const std::vector<std::unique_ptr<host::Module>>& modules) {
  const auto broker = broker_by_default(modules);
  return text_of(asyncapi_document(ApiDescriptions(), host::catalog_of(modules), broker));
}

}  // namespace orderflow::api_docs
