#pragma once

#include <filesystem>

namespace orderflow::test {

/// A fresh folder that only its user may enter, removed with all it holds when the object ends.
/// With `ORDERFLOW_KEEP` in the environment the folder of a test case that has failed stays, and a
/// line on stderr names it. Made under the system's folder for temporary files.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace orderflow::test
