#include "function_sizes.hpp"

#include <doctest/doctest.h>

namespace orderflow::architecture {
namespace {

using Sizes = std::vector<FunctionSize>;

TEST_CASE("functions are found with the lines of their bodies, wherever they stand") {
  CHECK(functions_of("namespace a {\n\n// Not this (one) {\nint f(int a,\n      int b) {\n  g();\n"
                     "  return 1;\n}\n\n}  // namespace a\n") == Sizes{{"f", 2}});
  CHECK(functions_of("struct A final : B {\n  A() : a_(1) {\n    g();\n  }\n"
                     "  int a() const { return a_; }\n  int a_;\n};\n") == Sizes{{"A", 1}});
  CHECK(functions_of("template <class A, std::size_t n = f<2>>\nvoid A::run() {\n}\n") ==
        Sizes{{"A::run", 0}});
  CHECK(functions_of("template <class A>\nclass B {\n  void run() {\n  }\n};\n") ==
        Sizes{{"run", 0}});
}

TEST_CASE("a function ends where its own brace is closed, not one inside of it") {
  CHECK(functions_of("void f() {\n  if (a) {\n    b();\n  }\n  const auto c = [] {\n  };\n}\n"
                     "void g() {  // first\n  h();\n}\n") == Sizes{{"f", 5}, {"g", 1}});
}

TEST_CASE("what a macro stands for is no function, and hides none") {
  CHECK(functions_of(
            "#define WHERE \\\n  \"a = (1)\" \\\n  \" AND b\"\n\nvoid f() {\n  g(WHERE);\n}\n") ==
        Sizes{{"f", 1}});
}

TEST_CASE("a raw text is no function, whatever it looks like") {
  CHECK(functions_of("const char* text = R\"({\n  \"a\": 1\n})\";\n\nvoid f() {\n  g();\n}\n") ==
        Sizes{{"f", 1}});
}

TEST_CASE("a test is named by its title, and tables and enumerations are no functions") {
  CHECK(functions_of("TEST_CASE(\"a (test) is \"\n          \"found\") {\n  f();\n}\n") ==
        Sizes{{"a (test) is found", 1}});
  CHECK(functions_of("constexpr std::array all{\n    1,\n};\nenum class A {\n  b\n};\n").empty());
}

}  // namespace
}  // namespace orderflow::architecture
