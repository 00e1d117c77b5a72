#include "core/trace_context.hpp"

#include <doctest/doctest.h>

#include <tuple>
#include <utility>

namespace orderflow::core {
namespace {

const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Zero first, then numbers of a seed.
class ZeroFirst final : public Random {
 public:
  std::uint64_t next() override { return std::exchange(is_first_, false) ? 0 : numbers_.next(); }

 private:
  bool is_first_ = true;
  SeededRandom numbers_{1};
};

TEST_CASE("a traceparent of version 00 is known by its form") {
  CHECK(is_traceparent(parent));
  CHECK(is_traceparent("00-00000000000000000000000000000001-0000000000000001-00"));
}

TEST_CASE("a traceparent of another form is refused") {
  for (const char* text : {"", "00", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                           "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x",
                           "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
                           "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "CC-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "cc-00000000000000000000000000000000-00f067aa0ba902b7-01-x",
                           "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
                           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"}) {
    CAPTURE(text);
    CHECK_FALSE(is_traceparent(text));
  }
}

TEST_CASE("a child keeps the trace and its flags and has an id of its own") {
  SeededRandom random{1};
  const std::string child = child_traceparent(parent, random);
  CHECK(is_traceparent(child));
  CHECK(child.substr(0, 36) == parent.substr(0, 36));
  CHECK(child.substr(36, 16) != parent.substr(36, 16));
  CHECK(child.substr(52) == "-01");
  CHECK(child_traceparent(parent.substr(0, 53) + "00", random).ends_with("-00"));
}

TEST_CASE("a trace of a later version continues, as version 00 and with the flag that is known") {
  SeededRandom random{1};
  for (const auto& [version, rest, flags] : {std::tuple("01", "-01", "-01"),
                                             {"cc", "-00", "-00"},
                                             {"fe", "-03", "-01"},
                                             {"01", "-ff-what-comes-later", "-01"},
                                             {"10", "-fe-", "-00"},
                                             {"00", "-03", "-01"},
                                             {"00", "-fe", "-00"}}) {
    const std::string given = version + parent.substr(2, 50) + rest;
    CAPTURE(given);
    CHECK(is_traceparent(given));
    CHECK(as_version_00(given) == parent.substr(0, 52) + flags);
    const std::string child = child_traceparent(given, random);
    CHECK(child.size() == 55);
    CHECK(child.substr(0, 36) == parent.substr(0, 36));
    CHECK(child.ends_with(flags));
  }
}

TEST_CASE("a name in a path is visible and no dot segment") {
  CHECK(is_path_name("ada", 5));
  CHECK(is_path_name("...", 5));
  for (const char* text : {"", ".", "..", "a b", "abcdef"}) {
    CAPTURE(text);
    CHECK_FALSE(is_path_name(text, 5));
  }
}

TEST_CASE("two children of one parent differ") {
  SeededRandom random{2};
  const std::string first = child_traceparent(parent, random);
  CHECK(first != child_traceparent(parent, random));
}

TEST_CASE("a malformed parent starts a new, sampled trace") {
  SeededRandom random{3};
  const std::string first = child_traceparent("", random);
  const std::string second = child_traceparent("nonsense", random);
  CHECK(is_traceparent(first));
  CHECK(is_traceparent(second));
  CHECK(first.ends_with("-01"));
  CHECK(first.substr(3, 32) != second.substr(3, 32));
}

TEST_CASE("a generator that gives zero leads to no id of zeros") {
  ZeroFirst for_child;
  CHECK(is_traceparent(child_traceparent(parent, for_child)));
  ZeroFirst for_trace;
  CHECK(is_traceparent(child_traceparent("", for_trace)));
}

TEST_CASE("visible ASCII has neither spaces nor control characters nor other bytes") {
  CHECK(is_visible_ascii("!aZ9~", 5));
  CHECK_FALSE(is_visible_ascii("", 5));
  CHECK_FALSE(is_visible_ascii("abcdef", 5));
  for (const char* text : {"a b", "a\tb", "a\x7f", "\xc3\xa9", "a\r\n"}) {
    CHECK_FALSE(is_visible_ascii(text, 5));
  }
}

}  // namespace
}  // namespace orderflow::core
