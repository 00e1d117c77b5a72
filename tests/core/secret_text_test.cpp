#include "core/secret_text.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace orderflow::core {
namespace {

const std::string key = "ofk_3f2a9c0b7d614e85_" + std::string(64, 'a');

TEST_CASE("of an API key the kind is left, wherever it stands and however it was cut") {
  CHECK(with_keys_masked(key) == "ofk_***");
  CHECK(with_keys_masked("x" + key + "!") == "xofk_***!");
  CHECK(with_keys_masked("%2F" + key + "/" + key) == "%2Fofk_***/ofk_***");
  CHECK(with_keys_masked(key.substr(0, 12)) == "ofk_***");
  CHECK(with_keys_masked("keys begin with ofk_ here") == "keys begin with ofk_ here");
  CHECK(with_keys_masked("nothing").find("ofk_") == std::string::npos);
  CHECK(with_keys_masked("").empty());
}

TEST_CASE("of a URL the password goes, be the URL right or wrong") {
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"http://ada:hunter2@host:4318/x", "http://ada:********@host:4318/x"},
      {"http://hunter2@host", "http://********@host"},
      {"http://ada:hun/te@r?2#@host", "http://ada:********@host"},
      {"http//ada:hunter2@host", "http//ada:********@host"},
      {"ada:hunter2@host:8080", "ada:********@host:8080"},
      {"//ada:hunter2@", "//ada:********@"},
      {"amqp://shop:********@broker", "amqp://shop:********@broker"},
      {"https://api.example.com/v1", "https://api.example.com/v1"},
      {"https://h/" + key, "https://h/ofk_***"},
      {"https://" + key + "@h", "https://********@h"},
      {"orders@example.com", "orders@example.com"},
      {"", ""}};
  for (const auto& pair : pairs) {
    CAPTURE(pair.first);
    CHECK(with_secrets_masked(pair.first) == pair.second);
  }
}

}  // namespace
}  // namespace orderflow::core
