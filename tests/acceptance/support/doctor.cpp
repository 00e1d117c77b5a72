#include "acceptance/support/doctor.hpp"

#include "acceptance/support/node.hpp"
#include "support/process.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>

namespace orderflow::test {

nlohmann::json run_doctor(const std::filesystem::path& path) {
  Process doctor({.executable = serve_command(path).executable,
                  .arguments = {"doctor", "--json", path.string()}});
  const auto exit = doctor.wait(std::chrono::minutes(10));
  if (!exit || exit->signal != 0 || exit->code > 1) {
    throw std::runtime_error("the doctor gives no report: " + doctor.errors());
  }
  nlohmann::json report = nlohmann::json::parse(doctor.output());
  if (report.at("ok").get<bool>() != (exit->code == 0)) {
    throw std::runtime_error("the doctor's exit code is not what it found");
  }
  return report;
}

void check_sound(const std::filesystem::path& path) {
  const nlohmann::json report = run_doctor(path);
  for (const auto& check : report.at("checks")) {
    CAPTURE(check.dump(2));
    CHECK(check.at("result") != "FAILED");
  }
  CHECK(report.at("ok") == true);
}

}  // namespace orderflow::test
