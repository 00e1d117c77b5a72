#pragma once

#include "core/field_error.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string_view>

namespace orderflow::events {

/// A JSON Schema (draft 7) that was read once, to check many documents. A schema that cannot be
/// used breaks every document. Not safe for concurrent use: give each thread its own.
class SchemaCheck {
 public:
  explicit SchemaCheck(std::string_view schema);
  ~SchemaCheck();
  SchemaCheck(SchemaCheck&&) noexcept;
  SchemaCheck& operator=(SchemaCheck&&) noexcept;

  /// What in `document` breaks the schema. Empty: it is valid.
  core::FieldErrors check(const nlohmann::json& document);

 private:
  struct Compiled;
  std::unique_ptr<Compiled> compiled_;
};

/// The same for one document that a person wrote; reads the schema at each call.
core::FieldErrors check_schema(std::string_view schema, const nlohmann::json& document);

}  // namespace orderflow::events
