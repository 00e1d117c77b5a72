#pragma once

#include <span>
#include <string_view>

namespace orderflow::console {

/// A file of the page, compressed twice, for the two encodings that browsers take.
struct EmbeddedFile {
  std::string_view path;  ///< "/", or a name that changes with the content
  std::string_view content_type;
  std::string_view brotli;
  std::string_view gzip;
};

/// Made by the build; empty where the page is left out.
std::span<const EmbeddedFile> embedded_files() noexcept;

}  // namespace orderflow::console
