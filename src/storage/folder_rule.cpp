#include "storage/folder_rule.hpp"

#include <sys/stat.h>

namespace orderflow::storage {

std::optional<::mode_t> mode_for_data(::uid_t owner, ::mode_t mode, ::uid_t user, FolderRule rule) {
  constexpr ::uid_t root = 0;
  mode &= 07777;
  if (owner == user) {
    const ::mode_t taken = rule.group_may_write ? S_IRWXO : S_IWGRP | S_IRWXO;
    return mode & ~taken;
  }
  // Root could do with our files what it likes in any folder; it hands this one over to a group.
  if (rule.group_may_write && owner == root && (mode & S_IWOTH) == 0) return mode;
  return std::nullopt;
}

}  // namespace orderflow::storage
