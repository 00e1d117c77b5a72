#include "storage/folder_rule.hpp"

#include <doctest/doctest.h>

namespace orderflow::storage {
namespace {

constexpr ::uid_t root = 0;
constexpr ::uid_t us = 998;
constexpr ::uid_t other = 1000;
constexpr FolderRule group{.group_may_write = true};

TEST_CASE("a folder of ours is closed to others, and its group may look into it") {
  CHECK(mode_for_data(us, 0700, us, {}) == 0700);
  CHECK(mode_for_data(us, 0750, us, {}) == 0750);
  CHECK(mode_for_data(us, 0755, us, {}) == 0750);
  CHECK(mode_for_data(us, 0777, us, {}) == 0750);
  CHECK(mode_for_data(us, 01777, us, {}) == 01750);
  CHECK(mode_for_data(us, 0040770, us, {}) == 0750);
  CHECK(mode_for_data(root, 0755, root, {}) == 0750);
}

TEST_CASE("a folder of another user is not used, root's and by root neither") {
  CHECK_FALSE(mode_for_data(other, 0700, us, {}));
  CHECK_FALSE(mode_for_data(other, 0777, us, group));
  CHECK_FALSE(mode_for_data(root, 0777, us, {}));
  CHECK_FALSE(mode_for_data(root, 02770, us, {}));
  CHECK_FALSE(mode_for_data(us, 0700, root, group));
}

TEST_CASE(
    "a volume that a group writes to is used where the settings allow it, never one for all") {
  CHECK(mode_for_data(us, 02775, us, group) == 02770);
  CHECK(mode_for_data(root, 02770, us, group) == 02770);
  CHECK(mode_for_data(root, 02775, us, group) == 02775);
  CHECK_FALSE(mode_for_data(root, 02777, us, group));
}

}  // namespace
}  // namespace orderflow::storage
