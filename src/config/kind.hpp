#pragma once

#include "config/rules.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace orderflow::config {

/// The part of a value that is not allowed.
struct Rejected {
  std::string at;        ///< within the value: empty for all of it, or `[2]`, `.EUR`
  nlohmann::json value;  ///< the bad part itself
};

/// What a setting may be: the one description that reading, checking and messages share. Values are
/// JSON throughout; `from_text` turns the text of an environment variable or flag into it, and
/// gives that text back where it cannot, which `reject` then refuses.
struct Kind {
  std::string allowed;  ///< for people, such as "a whole number from 1 to 65535"
  std::function<nlohmann::json(const std::string&)> from_text;
  std::function<std::optional<Rejected>(const nlohmann::json&)> reject;
  nlohmann::ordered_json schema;  ///< the same as JSON Schema, as far as it can express it
  std::optional<SecretPart> secret_part = std::nullopt;
};

Kind text_kind(const TextRule& rule);
Kind integer_kind(std::int64_t min, std::int64_t max);
Kind milliseconds_kind(std::int64_t min, std::int64_t max);
Kind number_kind(double min, double max);
Kind boolean_kind();
/// As text: a JSON list, or the items with commas between; spaces around items are dropped.
Kind texts_kind(const TextsRule& rule);
/// A text, or a list of texts; as text: one.
Kind text_or_texts_kind(const TextsRule& rule);
/// As text: a JSON object.
Kind integers_kind(const IntegersRule& rule);

}  // namespace orderflow::config
