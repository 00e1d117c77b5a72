#include "composing/template.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

namespace orderflow::notifications {
namespace {

using Escape = Template::Escape;

const TemplateNames names{.fields = {"shop", "total"},
                          .sections = {{"items", {"name", "price"}}, {"paid", {}}}};

std::string rendered(std::string_view text, const TemplateData& data,
                     Escape escape = Escape::text) {
  return Template("sample", text, escape, names).render(data);
}

/// Without the names that there are, which always follow where one is not known.
std::string complaint(std::string_view text) {
  try {
    Template("sample.txt", text, Escape::text, names);
  } catch (const TemplateError& e) {
    const std::string what = e.what();
    const std::string known =
        "; there are {{shop}}, {{total}}, {{#items}} with {{name}} {{price}}, {{#paid}}";
    CHECK(what.ends_with(known) == (what.find("unknown") != std::string::npos));
    return what.substr(0, what.find("; there are"));
  }
  return {};
}

TemplateData data_with_items() {
  return {
      .fields = {{"shop", "Corner"}, {"total", "3.00 EUR"}},
      .sections = {
          {"items", {{{"name", "Pen"}, {"price", "1.00"}}, {{"name", "Ink"}, {"price", "2.00"}}}},
          {"paid", {}}}};
}

}  // namespace

TEST_CASE("a field's value replaces its name") {
  CHECK(rendered("{{shop}}: {{total}}.", data_with_items()) == "Corner: 3.00 EUR.");
  CHECK(rendered("no holes", {}) == "no holes");
  CHECK(rendered("", {}) == "");
}

TEST_CASE("a section is repeated for each entry and reaches the outer fields") {
  CHECK(rendered("{{#items}}{{name}} at {{shop}};{{/items}}", data_with_items()) ==
        "Pen at Corner;Ink at Corner;");
  CHECK(rendered("a{{#paid}} thanks{{/paid}}b", data_with_items()) == "ab");
}

TEST_CASE("a section's tag alone on its line takes the line with it") {
  CHECK(rendered("Items:\n{{#items}}\n- {{name}}\n{{/items}}\nEnd\n", data_with_items()) ==
        "Items:\n- Pen\n- Ink\nEnd\n");
  CHECK(rendered("  {{#items}}  \n{{name}}\n  {{/items}}", data_with_items()) == "Pen\nInk\n");
  CHECK(rendered("{{#paid}}\nyes\n{{/paid}}\n{{#items}}\n{{name}}\n{{/items}}\n",
                 data_with_items()) == "Pen\nInk\n");
}

TEST_CASE("in HTML a value cannot become markup") {
  const TemplateData data{.fields = {{"shop", R"(<b a="x" b='y'>&amp;)"}, {"total", ""}}};
  CHECK(rendered("<p>{{shop}}</p>", data, Escape::html) ==
        "<p>&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;</p>");
  CHECK(rendered("{{shop}}", data, Escape::text) == R"(<b a="x" b='y'>&amp;)");
}

TEST_CASE("a value is not searched for tags, and cannot begin a line") {
  const TemplateData data{.fields = {{"shop", "{{total}}\r\nTotal: 0\t\x7f"}, {"total", "9"}}};
  CHECK(rendered("{{shop}}", data) == "{{total}}  Total: 0  ");
  CHECK(rendered("{{shop}}", data, Escape::html) == "{{total}}  Total: 0  ");
}

TEST_CASE("a value of any script stays as it is") {
  const TemplateData data{.fields = {{"shop", "Café 书店 🛒"}, {"total", ""}}};
  CHECK(rendered("{{shop}}", data, Escape::html) == "Café 书店 🛒");
}

TEST_CASE("what a template may not contain is reported with its line") {
  CHECK(complaint("\n{{sum}}") == "sample.txt:2: unknown name {{sum}}");
  CHECK(complaint("{{ shop }}") == "sample.txt:1: unknown name {{ shop }}");
  CHECK(complaint("{{{shop}}}") == "sample.txt:1: unknown name {{{shop}}");
  CHECK(complaint("{{name}}") == "sample.txt:1: unknown name {{name}}");
  CHECK(complaint("a\nb\n{{#lines}}{{/lines}}") == "sample.txt:3: unknown section {{#lines}}");
  CHECK(complaint("{{#items}}\n{{name}}") == "sample.txt:2: {{#items}} is not closed");
  CHECK(complaint("{{/items}}") == "sample.txt:1: {{/items}} closes nothing");
  CHECK(complaint("{{#items}}{{/paid}}") == "sample.txt:1: {{/paid}} closes nothing");
  CHECK(complaint("{{#items}}{{#paid}}") == "sample.txt:1: {{#paid}} within another section");
  CHECK(complaint("{{shop") == "sample.txt:1: {{ without }}");
}

TEST_CASE("data that lacks a name of the template is refused") {
  CHECK_THROWS_AS(rendered("{{shop}}", {}), std::out_of_range);
  CHECK_THROWS_AS(rendered("{{#paid}}{{/paid}}", {}), std::out_of_range);
}

}  // namespace orderflow::notifications
