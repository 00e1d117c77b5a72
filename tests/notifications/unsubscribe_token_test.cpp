#include "preferences/unsubscribe_token.hpp"

#include <doctest/doctest.h>

namespace orderflow::notifications {
namespace {

const Unsubscription ann{.user_id = "ann", .kind = Kind::order_outcome};

}  // namespace

TEST_CASE("a token gives user and kind to the holder of the key") {
  for (const Kind kind : all_kinds) {
    for (const char* user : {"a", "ann@example.com", "~!/?#%\"'<>\\"}) {
      const Unsubscription one{.user_id = user, .kind = kind};
      CHECK(read_unsubscribe_token(unsubscribe_token(one, "key"), "key") == one);
    }
  }
}

TEST_CASE("a token can be part of a URL, and the same link has the same token") {
  const std::string token = unsubscribe_token(ann, "key");
  CHECK(
      token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
      std::string::npos);
  CHECK(token == unsubscribe_token(ann, "key"));
}

TEST_CASE("a token of another key, another text or no token at all is invalid") {
  const std::string token = unsubscribe_token(ann, "key");
  CHECK_FALSE(read_unsubscribe_token(token, "another key"));
  CHECK_FALSE(read_unsubscribe_token("", "key"));
  CHECK_FALSE(read_unsubscribe_token("abc", "key"));
  CHECK_FALSE(read_unsubscribe_token(token + "=", "key"));
  CHECK_FALSE(read_unsubscribe_token(token + token, "key"));
  CHECK_FALSE(read_unsubscribe_token(std::string(100'000, 'a'), "key"));
}

TEST_CASE("every change of a token breaks it") {
  const std::string token = unsubscribe_token(ann, "key");
  for (std::size_t i = 0; i < token.size(); ++i) {
    CAPTURE(i);
    std::string changed = token;
    // Bits that carry meaning, also in the last character.
    changed[i] = changed[i] == 'A' ? 'Q' : 'A';
    const auto read = read_unsubscribe_token(changed, "key");
    CHECK((!read || *read == ann));
    if (i + 1 < token.size()) CHECK_FALSE(read);
    CHECK_FALSE(read_unsubscribe_token(token.substr(0, i), "key"));
  }
}

}  // namespace orderflow::notifications
