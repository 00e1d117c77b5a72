#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace orderflow::notifications {

/// A template's text as it was found.
struct TemplateSource {
  std::string name;   ///< "order_outcome.de.html"
  std::string title;  ///< where it stands, for messages: the file's path, or the name
  std::string text;
};

/// The templates of this program, then those of `folder` (none where it is empty), which stand in
/// for the ones of the same name.
///
/// Throws `TemplateError` where the folder cannot be read, and for a file in it whose name is none
/// of `<kind>.<language>.<part>`, that has more than 256 KiB, or that is not UTF-8. Names that
/// begin with a dot or end with `~` are passed over.
std::vector<TemplateSource> find_templates(const std::filesystem::path& folder);

/// The three parts of a template's name, all of which are known or of the right form.
struct TemplateName {
  std::string kind;
  std::string language;
  std::string part;
};

/// Throws `TemplateError` that says what is wrong with it.
TemplateName parse_template_name(const TemplateSource& source);

}  // namespace orderflow::notifications
