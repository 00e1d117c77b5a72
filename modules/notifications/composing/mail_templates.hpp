#pragma once

#include "composing/template.hpp"
#include "composing/template_folder.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::notifications {

/// The parts of one kind in one language.
struct TemplateSet {
  struct Part {
    Template body;
    std::string title;  ///< where it stands
  };
  std::string language;
  std::map<std::string, Part, std::less<>> parts;  ///< by "subject", "txt", "html"

  std::string render(std::string_view part, const TemplateData& data) const {
    return parts.find(part)->second.body.render(data);
  }
};

/// All templates, by kind and language. Read by all threads once made.
class MailTemplates {
 public:
  /// Of sources of the same name the last one counts. Throws `TemplateError` where one is not
  /// sound, where a language has some parts of a kind but not all, and where a kind has none in the
  /// default language.
  MailTemplates(const std::vector<TemplateSource>& sources, std::string default_language);

  /// Those of a kind in `language`, else in that language without its region, else in the default
  /// one. The kind is one of `template_kinds`.
  const TemplateSet& find(std::string_view kind, std::string_view language) const;

  /// True where any kind has templates in `language`, with or without its region.
  bool supports(std::string_view language) const;

  /// Those that any kind has templates in, sorted.
  std::vector<std::string> languages() const;
  const std::string& default_language() const noexcept { return default_language_; }

  /// By language.
  using Sets = std::map<std::string, TemplateSet, std::less<>>;
  const Sets& of_kind(std::string_view kind) const;

 private:
  std::string default_language_;
  std::map<std::string, Sets, std::less<>> by_kind_;
};

}  // namespace orderflow::notifications
