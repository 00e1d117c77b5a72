#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orderflow::notifications {

/// A template's text is not sound; what() says where and why, and which names there are:
/// `a.html:12: unknown name {{sum}}; there are {{total}}, {{#items}} with {{price}}`.
class TemplateError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Values by name.
using Fields = std::vector<std::pair<std::string_view, std::string>>;

/// What a template is filled with. The names outlive it.
struct TemplateData {
  Fields fields = {};
  std::vector<std::pair<std::string_view, std::vector<Fields>>> sections = {};
};

/// The names that a template may use.
struct TemplateNames {
  struct Section {
    std::string_view name;
    std::vector<std::string_view> fields;
  };
  std::vector<std::string_view> fields;
  std::vector<Section> sections;

  /// For people: `{{total}}, {{#items}} with {{price}}`.
  std::string in_words() const;
};

/// A text with holes, without logic. `{{name}}` is replaced by the field's value;
/// `{{#name}}…{{/name}}` is repeated for each entry of the section, whose fields come before the
/// outer ones. Sections do not nest. A section's tag alone on its line takes the line with it.
///
/// Control characters of a value become blanks, so no value can begin a line; in HTML the
/// characters & < > " ' become references. There is no way to insert a value as it is.
///
/// Read by all threads once made.
class Template {
 public:
  enum class Escape { text, html };

  /// Throws `TemplateError`. `title` is for its message.
  Template(std::string_view title, std::string_view text, Escape escape,
           const TemplateNames& names);

  /// Throws `std::out_of_range` where `data` lacks a name that the template uses.
  std::string render(const TemplateData& data) const;

 private:
  friend class TemplateParser;

  /// A literal, or a field, or a section that ends before `end`.
  struct Part {
    enum class Kind { literal, field, section } kind;
    std::string text;
    std::size_t end = 0;
  };

  void render_parts(std::size_t begin, std::size_t end, const TemplateData& data,
                    const Fields* entry, std::string& out) const;

  Escape escape_;
  std::vector<Part> parts_;
};

}  // namespace orderflow::notifications
