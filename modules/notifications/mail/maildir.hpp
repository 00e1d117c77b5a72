#pragma once

#include "mail/descriptor.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace orderflow::notifications {

/// The folder cannot be used; what() says which and why.
class MaildirError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One file to be stored.
struct MailFile {
  std::string name;  ///< of the file in new/; a second letter of that name replaces the first
  std::string bytes;
  std::string error;  ///< why it is not stored; empty: it is, durably
};

/// What a folder keeps.
struct MailBound {
  std::size_t letters_max = 100'000;    ///< the newest; 0: all
  std::chrono::hours age_max{24 * 30};  ///< 0: for ever
};

/// A folder of letters in the manner of Maildir (cr.yp.to/proto/maildir.html): written in tmp/,
/// moved to new/ when whole and on disk; a mail reader moves them on to cur/. Nobody ever sees half
/// a letter in new/, and after a crash none that was stored is missing.
///
/// Used by one thread at a time. Several processes may share a folder.
class Maildir {
 public:
  /// Makes the folders (0700) where they are missing and, where no other process uses them, removes
  /// what an earlier one has left in tmp/. Throws `MaildirError`.
  explicit Maildir(std::filesystem::path folder);

  /// Stores all letters, with one synchronisation for the many. Sets `error` of those that failed.
  ///
  /// Few are synchronised one by one (fdatasync), many together (syncfs, which reports every error
  /// of writing back since Linux 5.8): fdatasync costs a commit of the file system's journal for
  /// each file, syncfs one for all, but must also wait for what other programs have written. Where
  /// there is no syncfs each is synchronised (fsync).
  void store(std::span<MailFile> mails);

  /// Removes letters, read and unread ones, that are older or more than `bound` says at `now`: the
  /// oldest go first. How many went.
  std::size_t remove_old(const MailBound& bound, std::filesystem::file_time_type now) const;

  const std::filesystem::path& path() const noexcept { return folder_; }

 private:
  void make_folders() const;
  void remove_leftovers() const;
  /// Writes the letters to tmp/ and puts them on disk; the names of those that were begun.
  std::vector<std::string> write(std::span<MailFile> mails, int temporary);

  const std::filesystem::path folder_;
  const std::string own_prefix_;  ///< of this process's files in tmp/
  Descriptor in_use_;             ///< holds a shared `flock` that tells others of this process
  std::uint64_t written_ = 0;
};

}  // namespace orderflow::notifications
