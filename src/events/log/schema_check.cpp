#include "events/log/schema_check.hpp"

#include "core/json_pointer.hpp"

#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::events {
namespace {

using valijson::adapters::NlohmannJsonAdapter;

constexpr std::size_t errors_max = 20;

/// "<root>", "[items]", "[0]", "[price]" as the JSON Pointer "/items/0/price".
std::string pointer_of(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& part : context) {
    if (!part.starts_with('[')) continue;
    pointer = core::pointer_to(pointer, std::string_view(part).substr(1, part.size() - 2));
  }
  return pointer;
}

core::FieldErrors unusable(const std::exception& e) {
  return {{"", std::string("the schema cannot be used: ") + e.what()}};
}

}  // namespace

struct SchemaCheck::Compiled {
  valijson::Schema schema;
  valijson::Validator validator;
  core::FieldErrors broken;  // why the schema cannot be used
};

SchemaCheck::SchemaCheck(std::string_view schema) : compiled_(std::make_unique<Compiled>()) {
  try {
    const auto text = nlohmann::json::parse(schema);
    valijson::SchemaParser().populateSchema(NlohmannJsonAdapter(text), compiled_->schema);
  } catch (const std::exception& e) {
    compiled_->broken = unusable(e);
  }
}

SchemaCheck::~SchemaCheck() = default;
SchemaCheck::SchemaCheck(SchemaCheck&&) noexcept = default;
SchemaCheck& SchemaCheck::operator=(SchemaCheck&&) noexcept = default;

core::FieldErrors SchemaCheck::check(const nlohmann::json& document) {
  if (!compiled_->broken.empty()) return compiled_->broken;
  core::FieldErrors errors;
  try {
    const NlohmannJsonAdapter target(document);
    // Without results it stops at the first error and gathers nothing: the usual case is quick.
    if (compiled_->validator.validate(compiled_->schema, target, nullptr)) return errors;
    valijson::ValidationResults results;
    compiled_->validator.validate(compiled_->schema, target, &results);
    valijson::ValidationResults::Error error;
    while (errors.size() < errors_max && results.popError(error)) {
      errors.push_back({pointer_of(error.context), error.description});
    }
  } catch (const std::exception& e) {
    return unusable(e);
  }
  return errors;
}

core::FieldErrors check_schema(std::string_view schema, const nlohmann::json& document) {
  return SchemaCheck(schema).check(document);
}

}  // namespace orderflow::events
