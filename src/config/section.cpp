#include "config/section.hpp"

#include "config/document.hpp"
#include "config/kind.hpp"

#include <utility>

namespace orderflow::config {

Section::Section(Document& document, std::string path)
    : document_(&document), path_(std::move(path)) {}

std::string Section::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + '.' + std::string(key);
}

Section Section::section(std::string_view key) const {
  return document_->section(path_of(key));
}

std::string Section::text(std::string_view key, std::string_view default_value,
                          const TextRule& rule) const {
  return document_->read(path_of(key), default_value, text_kind(rule)).get<std::string>();
}

std::string Section::text_with_secret(std::string_view key, std::string_view default_value,
                                      const SecretPart& secret, const TextRule& rule) const {
  Kind kind = text_kind(rule);
  kind.secret_part = secret;
  return document_->read(path_of(key), default_value, kind).get<std::string>();
}

std::vector<std::string> Section::texts_with_secret(std::string_view key, const SecretPart& secret,
                                                    const TextsRule& rule) const {
  Kind kind = text_or_texts_kind(rule);
  kind.secret_part = secret;
  const nlohmann::json given = document_->read(path_of(key), "", kind);
  if (given.is_array()) return given.get<std::vector<std::string>>();
  if (given.get_ref<const std::string&>().empty()) return {};
  return {given.get<std::string>()};
}

void Section::also_named(std::string_view key, std::string_view variable) const {
  document_->add_name(path_of(key), std::string(variable));
}

void Section::also_at(std::string_view path) const {
  document_->add_place(path_, std::string(path));
}

std::string Section::choice(std::string_view key, std::string_view default_value,
                            const std::vector<std::string>& allowed) const {
  TextRule rule;
  rule.allowed = allowed;
  return text(key, default_value, rule);
}

std::int64_t Section::integer(std::string_view key, std::int64_t default_value, std::int64_t min,
                              std::int64_t max) const {
  return document_->read(path_of(key), default_value, integer_kind(min, max)).get<std::int64_t>();
}

double Section::number(std::string_view key, double default_value, double min, double max) const {
  return document_->read(path_of(key), default_value, number_kind(min, max)).get<double>();
}

bool Section::boolean(std::string_view key, bool default_value) const {
  return document_->read(path_of(key), default_value, boolean_kind()).get<bool>();
}

std::chrono::milliseconds Section::milliseconds(std::string_view key,
                                                std::chrono::milliseconds default_value,
                                                std::chrono::milliseconds min,
                                                std::chrono::milliseconds max) const {
  const Kind kind = milliseconds_kind(min.count(), max.count());
  return std::chrono::milliseconds{
      document_->read(path_of(key), default_value.count(), kind).get<std::int64_t>()};
}

std::vector<std::string> Section::texts(std::string_view key,
                                        const std::vector<std::string>& default_value,
                                        const TextsRule& rule) const {
  return document_->read(path_of(key), default_value, texts_kind(rule))
      .get<std::vector<std::string>>();
}

std::map<std::string, std::int64_t> Section::integers_by_name(
    std::string_view key, const std::map<std::string, std::int64_t>& default_value,
    const IntegersRule& rule) const {
  return document_->read(path_of(key), default_value, integers_kind(rule))
      .get<std::map<std::string, std::int64_t>>();
}

std::optional<std::string> Section::secret(std::string_view key) const {
  return document_->read_secret(path_of(key));
}

}  // namespace orderflow::config
