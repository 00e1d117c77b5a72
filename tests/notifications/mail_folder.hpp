#pragma once

#include "support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace orderflow::notifications {

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

/// A place for a mail folder that is removed with the test.
class MailFolder {
 public:
  std::filesystem::path path() const { return parent_.path() / "mail"; }
  std::filesystem::path finished() const { return path() / "new"; }
  std::filesystem::path temporary() const { return path() / "tmp"; }
  std::set<std::string> names() const { return names_in(finished()); }

 private:
  test::TemporaryFolder parent_;
};

}  // namespace orderflow::notifications
