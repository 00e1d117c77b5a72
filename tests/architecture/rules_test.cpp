#include "rules.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace orderflow::architecture {
namespace {

const std::filesystem::path source_folder{ORDERFLOW_SOURCE_DIR};
const std::filesystem::path planted_folder = source_folder / "tests/architecture/planted";

std::string lines_of(const Violations& violations) {
  std::string lines;
  for (const std::string& violation : violations)
    lines += violation + '\n';
  return lines;
}

bool has_file_in(const SourceTree& tree, std::string_view folder) {
  return std::ranges::any_of(tree.files,
                             [&](const SourceFile& file) { return file.path.starts_with(folder); });
}

TEST_CASE("the tree keeps its rules") {
  const SourceTree tree = read_tree(source_folder);
  REQUIRE(has_file_in(tree, "src/core/"));
  REQUIRE(has_file_in(tree, "tests/architecture/"));
  CHECK(lines_of(check_all(tree)) == "");
}

TEST_CASE("a tree that uses everything it may breaks no rule") {
  const SourceTree tree = read_tree(planted_folder / "sound");
  REQUIRE(tree.files.size() == 26);
  CHECK(lines_of(check_all(tree)) == "");
}

/// One planted tree breaks one rule, once.
struct Planted {
  const char* folder;
  const char* violation;
};

constexpr Planted planted[] = {
    {"core_uses_storage",
     "src/core/clock.hpp:3: storage/connection.hpp: src/core may not use storage"},
    {"telemetry_uses_config",
     "src/telemetry/log.hpp:3: config/section.hpp: src/telemetry may not use config"},
    {"config_uses_telemetry",
     "src/config/document.cpp:1: telemetry/log.hpp: src/config may not use telemetry"},
    {"storage_uses_events",
     "src/storage/writer.hpp:3: events/event.hpp: src/storage may not use events"},
    {"storage_uses_module",
     "src/storage/writer.hpp:3: orders/contract/order_created.hpp: src/storage may not use orders"},
    {"events_uses_http", "src/events/feed.hpp:3: http/server.hpp: src/events may not use http"},
    {"http_uses_storage",
     "src/http/server.hpp:3: storage/reader.hpp: src/http may not use storage"},
    {"http_uses_app", "src/http/server.hpp:3: app/main.hpp: src/http may not use app"},
    {"rabbitmq_uses_http",
     "src/rabbitmq/bridge.hpp:3: http/server.hpp: src/rabbitmq may not use http"},
    {"bridge_uses_rabbitmq",
     "src/bridge/reception.cpp:1: rabbitmq/routing.hpp: src/bridge may not use rabbitmq"},
    {"host_uses_bridge", "src/host/host.hpp:3: bridge/bridge.hpp: src/host may not use bridge"},
    {"host_uses_rabbitmq",
     "src/host/host.hpp:3: rabbitmq/bridge.hpp: src/host may not use rabbitmq"},
    {"host_uses_module", "src/host/host.hpp:3: orders/module.hpp: src/host may not use orders"},
    {"unplaced_folder",
     "src/cache/cache.hpp:3: core/clock.hpp: src/cache has no place among the arrows"},
    {"module_uses_app", "modules/orders/module.cpp:1: app/main.hpp: a module may not use app"},
    {"module_uses_bridge",
     "modules/orders/module.cpp:1: bridge/bridge.hpp: a module may not use bridge"},
    {"module_uses_rabbitmq",
     "modules/orders/module.cpp:1: rabbitmq/bridge.hpp: a module may not use rabbitmq"},
    {"module_uses_inside_of_another",
     "modules/orders/place_order.cpp:1: billing/payment.hpp: of another module only the contract "
     "may be used"},
    {"module_uses_inside_of_another_in_brackets",
     "modules/orders/place_order.cpp:1: billing/payment.hpp: of another module only the contract "
     "may be used"},
    {"module_uses_module_header_of_another",
     "modules/orders/place_order.cpp:1: billing/module.hpp: of another module only the contract "
     "may be used"},
    {"contract_uses_own_module",
     "modules/orders/contract/order_created.hpp:3: order.hpp: a contract uses core and contracts "
     "of its own module alone"},
    {"contract_uses_events",
     "modules/orders/contract/order_created.hpp:3: events/event.hpp: a contract uses core and "
     "contracts of its own module alone"},
    {"contract_uses_contract_of_another",
     "modules/orders/contract/order_created.hpp:3: billing/contract/payment_requested.hpp: a "
     "contract uses core and contracts of its own module alone"},
    {"app_uses_inside_of_module",
     "src/app/main.cpp:1: orders/order.hpp: app uses of a module its module.hpp alone"},
    {"app_uses_contract",
     "src/app/main.cpp:1: orders/contract/order_created.hpp: app uses of a module its module.hpp "
     "alone"},
    {"monitoring_uses_admin",
     "src/monitoring/metrics_routes.cpp:1: admin/admin_api.hpp: src/monitoring may not use admin"},
    {"monitoring_uses_rabbitmq",
     "src/monitoring/health_routes.cpp:1: rabbitmq/bridge.hpp: src/monitoring may not use "
     "rabbitmq"},
    {"admin_uses_key_admin",
     "src/admin/audit_routes.cpp:1: key_admin/key_json.hpp: src/admin may not use key_admin"},
    {"event_api_uses_rabbitmq",
     "src/event_api/event_routes.cpp:1: rabbitmq/settings.hpp: src/event_api may not use rabbitmq"},
    {"key_admin_uses_admin",
     "src/key_admin/key_routes.cpp:1: admin/admin_api.hpp: src/key_admin may not use admin"},
    {"api_docs_uses_app",
     "src/api_docs/contracts.cpp:1: app/modules.hpp: src/api_docs may not use app"},
    {"doctor_uses_app", "src/doctor/doctor.cpp:1: app/modules.hpp: src/doctor may not use app"},
    {"commands_use_module",
     "src/commands/orders_commands.cpp:1: orders/module.hpp: src/commands may not use orders"},
    {"app_uses_commands",
     "src/app/serve.cpp:1: commands/command_line.hpp: src/app may not use commands"},
    {"orders_command_uses_events",
     "src/commands/orders/orders_commands.cpp:1: commands/events/event_text.hpp: "
     "src/commands/orders may not use events"},
    {"command_uses_command_line",
     "src/commands/keys/keys_command.cpp:1: commands/command_line.hpp: src/commands/keys may not "
     "use "
     "what puts the rooms together"},
    {"log_uses_delivery",
     "src/events/log/event_log.hpp:3: events/delivery/turn.hpp: src/events/log may not use "
     "delivery"},
    {"records_use_delivery",
     "src/events/records/delivery_store.cpp:1: events/delivery/feed.hpp: src/events/records may "
     "not use delivery"},
    {"turn_uses_delivery",
     "src/events/turn/turn.cpp:1: events/delivery/subscription.hpp: src/events/turn may not use "
     "delivery"},
    {"operations_use_integrity",
     "src/events/operations/operations.cpp:1: events/integrity/log_integrity.hpp: "
     "src/events/operations may not use integrity"},
    {"http_message_uses_routing",
     "src/http/message/problem.cpp:1: http/routing/router.hpp: src/http/message may not use "
     "routing"},
    {"http_routing_uses_session",
     "src/http/routing/router.cpp:1: http/session.hpp: src/http/routing may not use what puts the "
     "rooms together"},
    {"terminal_uses_manual",
     "src/cli/terminal/table.cpp:1: cli/manual.hpp: src/cli/terminal may not use what puts the "
     "rooms together"},
    {"delivery_uses_operations",
     "src/events/delivery/turn.cpp:1: events/operations/audit.hpp: src/events/delivery may not use "
     "operations"},
    {"delivery_uses_effects",
     "src/events/delivery/follow_up.cpp:1: events/effects/key_queues.hpp: src/events/delivery may "
     "not use effects"},
    {"effects_use_operations",
     "src/events/effects/effect_turns.cpp:1: events/operations/operations.hpp: src/events/effects "
     "may not use operations"},
    {"operations_use_remote",
     "src/events/operations/retention.cpp:1: events/remote/relay.hpp: src/events/operations may "
     "not use remote"},
    {"remote_uses_operations",
     "src/events/remote/relay.hpp:3: events/operations/job.hpp: src/events/remote may not use "
     "operations"},
    {"message_uses_connection",
     "src/bridge/message/decoder.cpp:1: bridge/connection/errors.hpp: src/bridge/message may not "
     "use connection"},
    {"connection_uses_message",
     "src/bridge/connection/connection_loop.cpp:1: bridge/message/message.hpp: "
     "src/bridge/connection may not use message"},
    {"client_uses_publisher",
     "src/rabbitmq/client/channel.cpp:1: rabbitmq/publisher.hpp: src/rabbitmq/client may not use "
     "what puts the rooms together"},
    {"room_uses_what_puts_it_together",
     "src/events/delivery/turn.hpp:3: events/dispatcher.hpp: src/events/delivery may not use what "
     "puts the rooms together"},
    {"unplaced_room",
     "src/events/archive/archive.hpp:3: events/log/event.hpp: src/events/archive has no place "
     "among the arrows"},
    {"books_use_settling",
     "modules/billing/books/payment.hpp:3: settling/settle_charge.hpp: modules/billing/books may "
     "not use settling"},
    {"settling_uses_effects",
     "modules/billing/settling/settle_charge.cpp:1: effects/capture_payment.hpp: "
     "modules/billing/settling may not use effects"},
    {"card_uses_effects",
     "modules/billing/card/card_gateway.cpp:1: effects/capture_payment.hpp: modules/billing/card "
     "may not use effects"},
    {"mail_uses_preferences",
     "modules/notifications/mail/mail_format.cpp:1: preferences/preference_store.hpp: "
     "modules/notifications/mail may not use preferences"},
    {"composing_uses_preferences",
     "modules/notifications/composing/order_mails.cpp:1: preferences/preference_store.hpp: "
     "modules/notifications/composing may not use preferences"},
    {"module_room_uses_what_puts_it_together",
     "modules/billing/books/payment.hpp:3: settings.hpp: modules/billing/books may not use what "
     "puts the rooms together"},
    {"unplaced_module_room",
     "modules/billing/archive/archive.hpp:3: books/payment.hpp: modules/billing/archive has no "
     "place among the arrows"},
    {"relative_include",
     "src/storage/writer.cpp:1: ../core/clock.hpp: relative paths are not allowed"},
    {"relative_include_in_tests",
     "tests/core/clock_test.cpp:1: ../../src/core/clock.hpp: relative paths are not allowed"},
    {"own_contract_by_short_form",
     "modules/orders/order.hpp:3: contract/order_created.hpp: a contract is included as "
     "<module>/contract/<file>"},
    {"own_file_by_long_form",
     "modules/orders/place_order.cpp:1: orders/order.hpp: a module's own file is included by its "
     "plain name"},
    {"beast_outside_http",
     "modules/orders/routes.cpp:1: boost/beast/http.hpp: Beast belongs to src/http alone"},
    {"sqlite_outside_storage",
     "src/events/event_log.cpp:1: sqlite3.h: SQLite belongs to src/storage alone"},
    {"rabbitmq_c_outside_rabbitmq",
     "src/events/event_log.cpp:1: amqp.h: rabbitmq-c belongs to src/rabbitmq alone"},
    {"newer_rabbitmq_c_outside_rabbitmq",
     "src/events/event_log.cpp:1: rabbitmq-c/amqp.h: rabbitmq-c belongs to src/rabbitmq alone"},
    {"schema_statement_outside_migrations",
     "modules/orders/order_store.cpp: CREATE TABLE belongs to migrations/ alone"},
    {"event_table_outside_stores",
     "src/doctor/doctor.cpp: SQL on EVENT_LOG belongs to the stores of src/events alone"},
    {"event_table_outside_stores_in_parts",
     "modules/orders/order_store.cpp: SQL on EVENT_DELIVERY belongs to the stores of src/events "
     "alone"},
    {"event_table_outside_stores_of_events",
     "src/events/operations/retention.cpp: SQL on EVENT_ATTEMPT belongs to the stores of "
     "src/events alone"},
    {"sql_in_app", "src/app/serve.cpp: SELECT ... has no place in src/app"},
    {"callback_that_may_throw",
     "src/outbound/transfer.cpp:4: what a C library calls back goes through core::never_throws"},
    {"table_of_functions_that_may_throw",
     "src/storage/log_file.cpp:4: what a C library calls back goes through core::never_throws"},
    {"meaningless_file_name", "src/core/string_utils.hpp: \"utils\" means nothing in a name"},
    {"meaningless_folder_name", "src/core/common: \"common\" means nothing in a name"},
};

TEST_CASE("each planted violation is found, and nothing else") {
  for (const Planted& one : planted) {
    CAPTURE(one.folder);
    const SourceTree tree = read_tree(planted_folder / one.folder);
    CHECK(lines_of(check_all(tree)) == one.violation + std::string("\n"));
  }
}

TEST_CASE("no planted tree is forgotten") {
  for (const auto& entry : std::filesystem::directory_iterator{planted_folder}) {
    const std::string name = entry.path().filename().string();
    if (name == "sound") continue;
    CAPTURE(name);
    CHECK(std::ranges::any_of(planted, [&](const Planted& one) { return name == one.folder; }));
  }
}

}  // namespace
}  // namespace orderflow::architecture
