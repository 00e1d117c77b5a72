#include "doctor/doctor_fixture.hpp"

#include "app/modules.hpp"
#include "billing/contract/order_processed.hpp"
#include "storage/connection.hpp"
#include "support/module_harness.hpp"
#include "support/typed_values.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace orderflow::doctor {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using test::ModuleHarness;
using test::TemporaryFolder;

constexpr const char* unknown_order = "0190aaaa-0000-7000-8000-000000000001";

std::string place(ModuleHarness& harness, const std::string& method, int quantity,
                  http::Fields headers = {}) {
  const nlohmann::json body = {
      {"userId", "ada"},
      {"email", "ada@example.com"},
      {"paymentMethod", method},
      {"items", {{{"productId", "tea"}, {"quantity", quantity}, {"price", 700}}}}};
  const auto response =
      harness.call(http::Method::post, "/v1/orders", body.dump(), std::move(headers));
  REQUIRE(response.status == 201);
  harness.run_until_idle();
  return nlohmann::json::parse(response.body).at("id");
}

void pay_back_a_part(ModuleHarness& harness, const std::string& order_id) {
  const auto payments = harness.call(http::Method::get, "/v1/payments?orderId=" + order_id);
  const nlohmann::json payment = nlohmann::json::parse(payments.body).at("payments").at(0);
  const auto response = harness.call(http::Method::post, payment.at("refunds").get<std::string>(),
                                     R"({"amount": 100})", {{"idempotency-key", "refund-1"}});
  REQUIRE(response.status == 201);
  harness.run_until_idle();
}

/// A node's data in which everything occurs that a check looks at: orders of every final status,
/// one that is tried again, a dead delivery and one that is parked behind it.
void work(ModuleHarness& harness) {
  // Nobody listens there.
  REQUIRE(harness.call(http::Method::post, "/v1/webhooks", R"({"url":"http://127.0.0.1:1/hooks"})")
              .status == 201);
  place(harness, "sim-approve", 2, {{"idempotency-key", "key-1"}});
  place(harness, "sim-approve", 5'000);
  place(harness, "sim-decline", 1);
  const std::string refunded = place(harness, "sim-approve", 3);
  pay_back_a_part(harness, refunded);
  REQUIRE(harness.call(http::Method::post, "/v1/orders/" + refunded + "/cancel").status == 202);
  harness.run_until_idle();
  const billing::OrderProcessed lost{.order_id = test::id_of(unknown_order),
                                     .buyer = {.user_id = core::UserId{"eve"}, .email = {}},
                                     .amount = test::money(100),
                                     .status = billing::OrderResult::processed,
                                     .reasons = {},
                                     .payment_id = {}};
  harness.publish("billing", unknown_order, lost);
  harness.publish("billing", unknown_order, lost);
  harness.run_until_idle();
  place(harness, "sim-timeout", 1);
  harness.advance(31s);
}

/// The sample, made once.
const fs::path& sample() {
  static const TemporaryFolder folder;
  static const fs::path file = folder.path() / "orderflow.db";
  if (fs::exists(file)) return file;
  ModuleHarness harness(app::make_modules(),
                        R"({"notifications":{"channel":"none","webhooks":{"allowPrivate":true}}})");
  work(harness);
  for (const char* suffix : {"", "-wal"}) {
    fs::copy_file(harness.node().database().string() + suffix, file.string() + suffix);
  }
  // Brings in what stands in the WAL.
  const storage::Connection connection(file, storage::Connection::Mode::read_write);
  return file;
}

}  // namespace

DoctorFixture::DoctorFixture() {
  fs::copy_file(sample(), file);
}

Names DoctorFixture::failing_after(const char* sql) {
  storage::Connection(file, storage::Connection::Mode::read_write).run(sql);
  return failing();
}

Names DoctorFixture::failing() {
  report = check_database(file, app::make_modules());
  compare_with_pieces();
  Names names;
  for (const auto& check : report.integrity.checks()) {
    if (check.result() == storage::IntegrityCheck::Result::failed) names.insert(check.name());
  }
  return names;
}

void DoctorFixture::compare_with_pieces() {
  const DoctorOptions options{.snapshots = DoctorOptions::Snapshots::many, .rows_a_snapshot = 1};
  const DoctorReport pieces = check_database(file, app::make_modules(), options);
  CHECK(pieces.snapshots > 5);
  REQUIRE(pieces.integrity.checks().size() == report.integrity.checks().size());
  for (const auto& piece : pieces.integrity.checks()) {
    CAPTURE(piece.name());
    if (piece.result() == storage::IntegrityCheck::Result::skipped) continue;
    const storage::IntegrityCheck& whole = check(piece.name());
    CHECK(piece.found() == whole.found());
    CHECK(piece.findings() == whole.findings());
    CHECK(piece.subject() == whole.subject());
  }
}

const storage::IntegrityCheck& DoctorFixture::check(std::string_view name) const {
  for (const auto& one : report.integrity.checks()) {
    if (one.name() == name) return one;
  }
  throw std::runtime_error("no check " + std::string(name));
}

}  // namespace orderflow::doctor
