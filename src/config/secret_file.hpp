#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace orderflow::config {

/// A file may not be used for a secret; `what()` gives the reason, without the content.
class SecretFileRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The content of a regular file of at most 64 KiB to which only its owner has access (no
/// permission for group or others), without one line end at its end. Throws `SecretFileRefused`.
std::string read_secret_file(const std::filesystem::path& path);

}  // namespace orderflow::config
