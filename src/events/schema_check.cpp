#include "events/schema_check.hpp"

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <exception>
#include <string>

namespace orderflow::events {
namespace {

constexpr std::size_t errors_max = 20;

/// "<root>[items][0][price]" as the JSON Pointer "/items/0/price".
std::string pointer_of(const std::string& context) {
  std::string pointer;
  for (std::size_t i = context.find('['); i != std::string::npos; i = context.find('[', i + 1)) {
    const std::size_t end = context.find(']', i);
    pointer += "/" + context.substr(i + 1, end - i - 1);
  }
  return pointer;
}

}  // namespace

core::FieldErrors check_schema(std::string_view schema_text, const nlohmann::json& document) {
  using valijson::adapters::NlohmannJsonAdapter;
  core::FieldErrors errors;
  try {
    const auto text = nlohmann::json::parse(schema_text);
    valijson::Schema schema;
    valijson::SchemaParser().populateSchema(NlohmannJsonAdapter(text), schema);
    valijson::ValidationResults results;
    if (valijson::Validator().validate(schema, NlohmannJsonAdapter(document), &results)) return {};
    valijson::ValidationResults::Error error;
    while (errors.size() < errors_max && results.popError(error)) {
      std::string context;
      for (const std::string& part : error.context)
        context += part;
      errors.push_back({pointer_of(context), error.description});
    }
  } catch (const std::exception& e) {
    errors.push_back({"", std::string("the schema cannot be used: ") + e.what()});
  }
  return errors;
}

}  // namespace orderflow::events
