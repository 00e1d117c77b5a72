#include "composing/mail_templates.hpp"

#include "composing/language.hpp"
#include "composing/template_kinds.hpp"

#include <set>
#include <utility>

namespace orderflow::notifications {
namespace {

/// A language that has a text but no HTML would be sent half in another one.
void require_whole(const TemplateKind& kind, const TemplateSet& set) {
  for (const std::string_view part : kind.parts) {
    if (set.parts.contains(part)) continue;
    throw TemplateError(set.parts.begin()->second.title + ": " + std::string(kind.name) + "." +
                        set.language + "." + std::string(part) +
                        " is missing: a language has all parts of a kind, or none");
  }
}

}  // namespace

MailTemplates::MailTemplates(const std::vector<TemplateSource>& sources,
                             std::string default_language)
    : default_language_(std::move(default_language)) {
  for (const TemplateSource& source : sources) {
    const TemplateName name = parse_template_name(source);
    const auto escape = name.part == "html" ? Template::Escape::html : Template::Escape::text;
    Template body(source.title, source.text, escape, find_template_kind(name.kind)->names);
    TemplateSet& set = by_kind_[name.kind][name.language];
    set.language = name.language;
    set.parts.insert_or_assign(name.part, TemplateSet::Part{std::move(body), source.title});
  }
  for (const TemplateKind& kind : template_kinds()) {
    for (const auto& [language, set] : by_kind_[std::string(kind.name)])
      require_whole(kind, set);
    if (!by_kind_.find(kind.name)->second.contains(default_language_)) {
      throw TemplateError("there is no template " + std::string(kind.name) + "." +
                          default_language_ + "." + std::string(kind.parts.front()) + ", and " +
                          default_language_ + " is the default language");
    }
  }
}

const TemplateSet& MailTemplates::find(std::string_view kind, std::string_view language) const {
  const Sets& sets = of_kind(kind);
  for (const std::string_view one : {language, without_region(language)}) {
    if (const auto found = sets.find(one); found != sets.end()) return found->second;
  }
  return sets.find(default_language_)->second;
}

bool MailTemplates::supports(std::string_view language) const {
  for (const auto& [kind, sets] : by_kind_) {
    if (sets.contains(language) || sets.contains(without_region(language))) return true;
  }
  return false;
}

std::vector<std::string> MailTemplates::languages() const {
  std::set<std::string> languages;
  for (const auto& [kind, sets] : by_kind_) {
    for (const auto& [language, set] : sets)
      languages.insert(language);
  }
  return {languages.begin(), languages.end()};
}

const MailTemplates::Sets& MailTemplates::of_kind(std::string_view kind) const {
  return by_kind_.find(kind)->second;
}

}  // namespace orderflow::notifications
