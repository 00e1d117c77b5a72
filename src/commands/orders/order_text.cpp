#include "commands/orders/order_text.hpp"

#include "cli/terminal/table.hpp"
#include "commands/client/shown_values.hpp"

#include <unistd.h>

namespace orderflow::commands {
namespace {

using cli::Terminal;
using cli::Tone;

Terminal order_output() {
  return cli::terminal_of(STDOUT_FILENO);
}

std::string total_of(const nlohmann::json& order) {
  return money_text(number_at(order, "totalAmount"), text_at(order, "currency"));
}

std::string item_text(const nlohmann::json& item, const std::string& currency) {
  const std::string name = text_at(item, "name");
  return std::to_string(number_at(item, "quantity")) + " x " +
         (name.empty() ? text_at(item, "productId") : name) + " at " +
         money_text(number_at(item, "price"), currency);
}

std::string table_of_deliveries(const nlohmann::json& deliveries) {
  cli::Table table({{.title = "HELD UP BY", .columns_min = 20},
                    {.title = "STATE"},
                    {.title = "ATTEMPTS", .side = cli::Column::Side::right},
                    {.title = "NEXT", .columns_min = 19},
                    {.title = "ERROR"}});
  for (const auto& delivery : deliveries) {
    const std::string state = text_at(delivery, "state");
    table.add({text_at(delivery, "subscription"),
               {state, state == "dead" ? Tone::bad : Tone::waiting},
               text_at(delivery, "attempts"),
               time_text(text_at(delivery, "nextAttemptAt")),
               text_at(delivery, "error")});
  }
  return table.empty() ? "" : "\n" + table.to_text(order_output());
}

}  // namespace

std::string order_facts(const nlohmann::json& order) {
  cli::Facts facts;
  facts.add("order", text_at(order, "id"));
  facts.add("status", status_cell(text_at(order, "status")));
  for (const auto& reason : order.value("reasons", nlohmann::json::array()))
    facts.add("reason",
              {reason.is_string() ? reason.get<std::string>() : reason.dump(), Tone::bad});
  facts.add("user", text_at(order, "userId"));
  if (order.contains("email")) facts.add("email", text_at(order, "email"));
  facts.add("total", total_of(order));
  for (const auto& item : order.value("items", nlohmann::json::array()))
    facts.add("item", item_text(item, text_at(order, "currency")));
  if (order.contains("paymentMethod")) {
    facts.add("payment method", text_at(order, "paymentMethod"));
  }
  facts.add("placed", time_text(text_at(order, "createdAt")));
  facts.add("changed", time_text(text_at(order, "updatedAt")));
  if (order.contains("cancelRequestedAt")) {
    facts.add("cancel requested", time_text(text_at(order, "cancelRequestedAt")));
  }
  return facts.to_text(order_output());
}

std::string order_table(const nlohmann::json& orders) {
  cli::Table table({{.title = "ORDER", .columns_min = 36},
                    {.title = "PLACED", .columns_min = 10},
                    {.title = "STATUS", .columns_min = 9},
                    {.title = "USER"},
                    {.title = "TOTAL", .side = cli::Column::Side::right, .columns_min = 12}});
  for (const auto& order : orders) {
    table.add({text_at(order, "id"), time_text(text_at(order, "createdAt")),
               status_cell(text_at(order, "status")), text_at(order, "userId"), total_of(order)});
  }
  return table.to_text(order_output());
}

std::string timeline_text(const nlohmann::json& timeline) {
  cli::Table table({{.title = "PLACE", .side = cli::Column::Side::right},
                    {.title = "TIME", .columns_min = 19},
                    {.title = "EVENT", .columns_min = 20},
                    {.title = "FROM"}});
  for (const auto& event : timeline.at("events")) {
    table.add({text_at(event, "seq"), time_text(text_at(event, "occurredAt")),
               text_at(event, "kind"), text_at(event, "origin")});
  }
  return (table.empty() ? "" : "\n" + table.to_text(order_output())) +
         table_of_deliveries(timeline.at("deliveries"));
}

std::string refund_facts(const nlohmann::json& refund) {
  cli::Facts facts;
  facts.add("refund", text_at(refund, "id"));
  facts.add("status", status_cell(text_at(refund, "status")));
  facts.add("payment", text_at(refund, "paymentId"));
  facts.add("amount", money_text(number_at(refund, "amount"), text_at(refund, "currency")));
  return facts.to_text(order_output());
}

}  // namespace orderflow::commands
