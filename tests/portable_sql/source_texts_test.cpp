#include "source_texts.hpp"

#include <doctest/doctest.h>

namespace orderflow::portable_sql {
namespace {

std::vector<std::string> texts_in(std::string_view source) {
  std::vector<std::string> texts;
  for (const SourceText& one : texts_of(source, "a.cpp"))
    texts.push_back(one.text);
  return texts;
}

using Texts = std::vector<std::string>;

TEST_CASE("literals beside each other are one text") {
  CHECK(texts_in("f(\"SELECT a\"\n  // why\n  \" FROM b\", \"c\")") ==
        Texts{"SELECT a FROM b", "c"});
  CHECK(texts_in("f(\"a\" /* and */ \"b\" MACRO \"c\")") == Texts{"ab", "c"});
}

TEST_CASE("a macro's text ends with its line") {
  CHECK(texts_in("#define A \"a\" \\\n  \"b\"\nauto c = \"c\";") == Texts{"ab", "c"});
  CHECK(texts_in("#define A \"a\"\n\"b\"") == Texts{"a", "b"});
}

TEST_CASE("escapes, raw literals and what looks like a literal are told apart") {
  CHECK(texts_in(R"(f("a\"b\\c", '"', "d"))") == Texts{"a\"b\\c", "d"});
  CHECK(texts_in("f(R\"sql(SELECT \"only\" FROM a)sql\", \"b\")") ==
        Texts{"SELECT \"only\" FROM a", "b"});
  CHECK(texts_in("x = 1'000; y = \"a\"; z = u'b'; // \"not this\"\n/* \"nor this\" */") ==
        Texts{"a"});
}

TEST_CASE("a text knows its line") {
  const auto texts = texts_of("\n\nf(\"a\"\n\"b\");\n g(\"c\");", "a.cpp");
  REQUIRE(texts.size() == 2);
  CHECK(texts[0].line == 3);
  CHECK(texts[1].line == 5);
}

}  // namespace
}  // namespace orderflow::portable_sql
