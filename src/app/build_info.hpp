#pragma once

#include <string>
#include <string_view>

namespace orderflow::app {

/// The commit that the program was built from, with "-dirty" where the sources had further changes;
/// "unknown" where they were in no repository.
extern const std::string_view built_commit;

/// What `orderflow --version` prints: version, commit, how it was built, and the libraries whose
/// version decides whether a fix is included.
std::string build_text();

}  // namespace orderflow::app
