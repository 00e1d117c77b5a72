#pragma once

#include <sys/types.h>

#include <optional>

namespace orderflow::storage {

/// What a data folder may be.
struct FolderRule {
  /// It may be a volume that a group is given, as Kubernetes does by `fsGroup`: root's or ours, and
  /// writable by its group.
  bool group_may_write = false;
};

/// The mode that a folder with `owner` and `mode` is to have before `user` keeps data in it: its
/// own where it is fine as it is, one with less where it is open to others. Nothing where it is not
/// to be used: whoever owns a folder can put other files in place of ours.
std::optional<::mode_t> mode_for_data(::uid_t owner, ::mode_t mode, ::uid_t user, FolderRule rule);

}  // namespace orderflow::storage
