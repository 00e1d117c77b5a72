#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <stdlib.h>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <system_error>

namespace orderflow::test {
namespace {

/// Whether something has failed in the running test case, which doctest passes to listeners alone.
std::atomic<bool> test_case_failed = false;

class FailureListener : public doctest::IReporter {
 public:
  explicit FailureListener(const doctest::ContextOptions&) {}

  void test_case_start(const doctest::TestCaseData&) override { test_case_failed = false; }
  void test_case_exception(const doctest::TestCaseException&) override { test_case_failed = true; }
  void log_assert(const doctest::AssertData& assertion) override {
    if (assertion.m_failed) test_case_failed = true;
  }
  void log_message(const doctest::MessageData& message) override {
    if (message.m_severity != doctest::assertType::is_warn) test_case_failed = true;
  }

  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

DOCTEST_REGISTER_LISTENER("failures", 1, FailureListener);

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "orderflow-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make " + name);
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  const bool failed = test_case_failed || std::uncaught_exceptions() > 0;
  if (failed && std::getenv("ORDERFLOW_KEEP") != nullptr) {
    std::fprintf(stderr, "kept: %s\n", path_.c_str());
    return;
  }
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace orderflow::test
