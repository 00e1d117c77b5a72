// A node starts on a database in which orders wait that nobody has worked on.
//
//   ORDERFLOW_BACKLOG=1000000 faults_test -tc="a backlog*"
//
// sets how many.
#include "acceptance/support/doctor.hpp"
#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "core/id_source.hpp"
#include "core/random.hpp"
#include "storage/connection.hpp"
#include "storage/ownership.hpp"
#include "storage/transaction.hpp"
#include "support/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

std::int64_t backlog() {
  const char* text = std::getenv("ORDERFLOW_BACKLOG");
  return text != nullptr ? std::stoll(text) : sanitized ? 3'000 : 100'000;
}

/// Writes orders with their events as a node that hosts the orders alone leaves them, and as many
/// users as a tenth of that.
void fill(const std::filesystem::path& database, std::int64_t orders) {
  storage::Connection connection(database, storage::Connection::Mode::read_write);
  const core::SystemClock clock;
  core::IdSource ids(clock, std::make_unique<core::SeededRandom>(20264));
  auto session = connection.session(storage::Ownership::storage_layer);
  std::int64_t seq = 0;
  {
    auto newest = session.query("SELECT max(seq) FROM event_log");
    if (newest.next()) seq = newest.get<std::int64_t>(0);
  }
  constexpr std::int64_t batch = 10'000;
  for (std::int64_t done = 0; done < orders; done += batch) {
    storage::Transaction transaction(connection);
    for (std::int64_t i = done; i < std::min(orders, done + batch); ++i) {
      const core::Uuid id = ids.next();
      const std::string key = id.to_string();
      const std::string user = "user-" + std::to_string(i % std::max<std::int64_t>(orders / 10, 1));
      const json items = {{{"productId", "tea"}, {"quantity", 1}, {"price", 500}}};
      const json created = {{"orderId", key},
                            {"userId", user},
                            {"currency", "EUR"},
                            {"totalAmount", 500},
                            {"items", items}};
      const auto now = clock.now();
      session.execute(
          "INSERT INTO orders_order(id, user_id, email, currency, total_amount, payment_method,"
          " items, status, correlation_id, created_at, updated_at)"
          " VALUES(?1, ?2, '', 'EUR', 500, '', ?3, 'PENDING', ?4, ?5, ?5)",
          id, user, items.dump(), key, now);
      session.execute(
          "INSERT INTO event_log(seq, id, kind, version, key, origin, home, correlation_id,"
          " causation_id, traceparent, occurred_at, payload) SELECT ?1, ?2, 'order.created', 1, ?3,"
          " name || '/orders', name, ?3, NULL,"
          " '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', ?4, ?5 FROM storage_node",
          ++seq, ids.next(), key, now, created.dump());
    }
    transaction.commit();
  }
}

TEST_CASE("a backlog is drained at the start while new orders are taken, and nothing is lost") {
  const std::int64_t orders = backlog();
  TemporaryFolder folder;
  Settings settings{{"ORDERFLOW_NOTIFICATIONS_CHANNEL", "none"},
                    {"ORDERFLOW_BILLING_FRAUD_MAX_ORDERS", "10000"},
                    {"ORDERFLOW_LOG_LEVEL", "warn"}};
  Node(folder.path(), settings).stop();
  fill(folder.path() / "orderflow.db", orders);

  const auto began = Clock::now();
  Node node(folder.path(), settings);
  HttpClient client(node.port(), 60s);
  const json first = place(client, order_of("first", 100));
  const Seconds to_first = Clock::now() - began;
  std::size_t resident = 0;
  wait_until(
      "the backlog is drained",
      [&] {
        resident = std::max(resident, node.resident_bytes());
        return get(client, "/v1/orders?status=PENDING&limit=1").at("orders").empty();
      },
      std::chrono::seconds(120 + orders / 500));
  const Seconds to_drained = Clock::now() - began;
  MESSAGE(orders << " pending orders: first 201 after " << to_first.count() << " s, drained after "
                 << to_drained.count() << " s, at most " << resident / 1'000'000 << " MB");
  CHECK(settled(client, first.at("id")).at("status") == "PROCESSED");
  node.stop();

  const json report = run_doctor(folder.path());
  MESSAGE("the doctor took " << report.at("durationMs").get<std::int64_t>() << " ms");
  CHECK_MESSAGE(report.at("ok") == true, report.dump(2));
  storage::Connection connection(folder.path() / "orderflow.db",
                                 storage::Connection::Mode::read_only);
  auto rows = connection.session("orders").query(
      "SELECT count(*) FROM orders_order WHERE status = 'PROCESSED'");
  rows.next();
  CHECK(rows.get<std::int64_t>(0) == orders + 1);
}

}  // namespace
}  // namespace orderflow::test
