#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>

namespace orderflow::test {

/// What `orderflow doctor --json` reports of a database or data folder. Throws where it refuses.
nlohmann::json run_doctor(const std::filesystem::path& path);

/// A check of the running test: the doctor finds nothing wrong.
void check_sound(const std::filesystem::path& path);

}  // namespace orderflow::test
