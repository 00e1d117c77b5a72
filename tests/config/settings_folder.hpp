#pragma once

#include "support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <string_view>

namespace orderflow::config {

/// A temporary folder with settings files and secrets in it.
class SettingsFolder {
 public:
  /// Writes a file with permissions for its owner alone and gives its path.
  std::filesystem::path write(std::string_view name, std::string_view content) const {
    const std::filesystem::path path = folder_.path() / name;
    std::ofstream{path, std::ios::binary} << content;
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return path;
  }

  const std::filesystem::path& path() const noexcept { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

}  // namespace orderflow::config
