#include "core/base64.hpp"

#include <doctest/doctest.h>

namespace orderflow::core {
namespace {

TEST_CASE("base64 is that of the published examples, both ways") {
  constexpr std::pair<const char*, const char*> examples[] = {{"", ""},
                                                              {"f", "Zg=="},
                                                              {"fo", "Zm8="},
                                                              {"foo", "Zm9v"},
                                                              {"foob", "Zm9vYg=="},
                                                              {"fooba", "Zm9vYmE="},
                                                              {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    CHECK(base64(bytes) == text);
    CHECK(base64_decoded(text) == bytes);
  }
}

TEST_CASE("every byte comes back") {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte)
    bytes += static_cast<char>(byte);
  CHECK(base64_decoded(base64(bytes)) == bytes);
}

TEST_CASE("a text that no encoder produces is refused") {
  for (const char* text :
       {"Zg", "Zg=", "Z", "Zg==Zg==", "Zm9v=", "Zh==", "Zm9-", "Zm 9", "====", "Zg\n="}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decoded(text));
  }
}

}  // namespace
}  // namespace orderflow::core
