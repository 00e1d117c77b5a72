#pragma once

#include "core/field_error.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace orderflow::host {

/// Reads the fields of one JSON object out of a request's body and collects what is wrong with
/// them, each under its JSON pointer, as many as `core::FieldErrors` keeps. A field that is null
/// counts as absent.
///
///     core::FieldErrors errors;
///     ObjectReader reader(body, "", errors);
///     reader.reject_unknown({"reason"});
///     const std::string reason = reader.optional_text("reason");
class ObjectReader {
 public:
  /// `object` is one, and outlives the reader like `errors`; `pointer` locates it.
  ObjectReader(const nlohmann::json& object, std::string pointer, core::FieldErrors& errors);

  /// An error for every field that is not in `known`, until `errors` is full.
  void reject_unknown(std::initializer_list<std::string_view> known);

  /// 1 to 128 visible ASCII characters, neither "." nor ".." (`core::is_path_name`); empty where
  /// the field is absent or wrong.
  std::string id(std::string_view name, bool required);

  /// A text for people, 1 to 256 bytes of a readable line (`core::is_readable_line`); empty where
  /// the field is absent or wrong.
  std::string optional_text(std::string_view name);

  /// A whole number from `min` to `max`; nothing where the field is absent or wrong, an error that
  /// `rule` describes.
  std::optional<std::int64_t> whole_number(std::string_view name, bool required, std::int64_t min,
                                           std::int64_t max, std::string_view rule);

  /// The field as it is; null where it is absent, which is an error where it is required.
  const nlohmann::json* find(std::string_view name, bool required);

  void fail(std::string_view name, std::string detail);

 private:
  const nlohmann::json& object_;
  const std::string pointer_;
  core::FieldErrors& errors_;
};

}  // namespace orderflow::host
