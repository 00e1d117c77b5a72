#include "commands/orders/orders_commands.hpp"

#include "cli/exit_code.hpp"
#include "cli/terminal/printing.hpp"
#include "commands/client/pages.hpp"
#include "commands/client/shown_values.hpp"
#include "commands/orders/order_text.hpp"

#include <CLI/CLI.hpp>

#include <utility>

namespace orderflow::commands {
namespace {

constexpr unsigned wait_seconds_max = 600;
constexpr auto answer_margin = std::chrono::seconds{30};

cli::NodeRequest with_wait(cli::NodeRequest request, unsigned seconds) {
  if (seconds == 0) return request;
  request.headers.emplace_back("Prefer", "wait=" + std::to_string(seconds));
  request.timeout = std::chrono::seconds{seconds} + answer_margin;
  return request;
}

void print_order(const nlohmann::json& order, bool as_json) {
  if (as_json) {
    cli::print_json(order);
  } else {
    cli::print(order_facts(order));
  }
}

/// The one payment of an order that can be refunded.
std::string captured_payment(cli::NodeClient& node, const std::string& order_id) {
  const auto found =
      node.get("/v1/payments" + cli::query_of({{"orderId", order_id}, {"limit", "500"}}));
  for (const auto& payment : found.at("payments")) {
    if (payment.contains("refunds")) return text_at(payment, "id");
  }
  throw std::runtime_error("order " + order_id +
                           " has no captured payment: there is no money to pay back. `orderflow "
                           "orders show` shows its state.");
}

}  // namespace

OrdersCommands::OrdersCommands(CLI::App& app)
    : CommandGroup(app, "orders", "Place, show, cancel, refund and redrive orders") {
  define_reading();
  define_changing();
  CLI::App& redriving = add("redrive", "Drive on orders that other nodes may have lost",
                            [this] { return redrive_.run(access_); });
  redrive_.add_to(redriving);
  access_.add_to(redriving);
}

void OrdersCommands::define_reading() {
  CLI::App& listing = add("list", "List orders, newest first", [this] { return list(); });
  listing.add_option("--user", user_, "Those of one user");
  listing.add_option("--status", status_, "Those in one status")
      ->check(CLI::IsMember(
          {"PENDING", "PROCESSED", "CANCELED_FRAUD", "PAYMENT_DECLINED", "CANCELED", "REFUNDED"}));
  listing.add_option("--limit", limit_, "How many, at most (default: 50)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}, "1 to 100000"));
  listing.add_option("--after", after_, "Continue after this order, the `next` of the list before");
  access_.add_to(listing);
  CLI::App& showing =
      add("show", "Show an order and what happened to it", [this] { return show(); });
  showing.add_option("ORDER", id_, "The order's id")->required();
  access_.add_to(showing);
}

void OrdersCommands::define_changing() {
  CLI::App& placing = add("place", "Place an order", [this] { return place(); });
  request_.add_to(placing);
  placing.add_option("--idempotency-key", idempotency_key_, "However often it is sent: one order")
      ->type_name("KEY");
  placing.footer(
      "Example:\n\n"
      "  orderflow orders place --user ada --item book-1:1:1999 --currency EUR --wait 10");
  CLI::App& canceling = add("cancel", "Ask to cancel an order", [this] { return cancel(); });
  canceling.add_option("ORDER", id_, "The order's id")->required();
  canceling.add_option("--reason", reason_, "Kept with the order");
  for (CLI::App* command : {&placing, &canceling}) {
    command->add_option("--wait", wait_seconds_, "Wait for the outcome, at most N seconds")
        ->type_name("N")
        ->check(CLI::Range(0U, wait_seconds_max, "0 to 600"));
    access_.add_to(*command);
  }
  CLI::App& refunding =
      add("refund", "Pay back what an order has cost, or a part", [this] { return refund(); });
  refunding.add_option("ORDER", id_, "The order's id")->required();
  refunding.add_option("--amount", amount_, "In the minor unit: 1999 is 19.99 EUR (default: all)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  refunding.add_option("--reason", reason_, "Kept with the refund");
  refunding.add_option("--idempotency-key", idempotency_key_, "However often sent: one refund")
      ->type_name("KEY");
  access_.add_to(refunding);
}

int OrdersCommands::list() const {
  auto node = access_.client();
  const auto orders = collect(node,
                              {.path = "/v1/orders",
                               .member = "orders",
                               .filters = {{"userId", user_}, {"status", status_}},
                               .after = after_},
                              limit_);
  if (access_.json()) {
    cli::print_json(orders);
  } else if (orders.at("orders").empty()) {
    cli::print("No orders.\n");
  } else {
    cli::print(order_table(orders.at("orders")));
  }
  return cli::exit_ok;
}

int OrdersCommands::show() const {
  auto node = access_.client();
  const std::string path = "/v1/orders/" + cli::escaped(id_);
  const nlohmann::json order = node.get(path);
  const nlohmann::json timeline = node.get(path + "/timeline");
  if (access_.json()) {
    cli::print_json(nlohmann::json{{"order", order}, {"timeline", timeline}});
  } else {
    cli::print(order_facts(order) + timeline_text(timeline));
  }
  return cli::exit_ok;
}

int OrdersCommands::place() const {
  cli::NodeRequest request{.method = "POST", .path = "/v1/orders", .body = request_.to_json()};
  if (!idempotency_key_.empty()) request.headers.emplace_back("Idempotency-Key", idempotency_key_);
  auto node = access_.client();
  print_order(node.ask(with_wait(std::move(request), wait_seconds_)).document, access_.json());
  return cli::exit_ok;
}

int OrdersCommands::cancel() const {
  cli::NodeRequest request{.method = "POST", .path = "/v1/orders/" + cli::escaped(id_) + "/cancel"};
  request.body = nlohmann::json::object();
  if (!reason_.empty()) request.body["reason"] = reason_;
  auto node = access_.client();
  print_order(node.ask(with_wait(std::move(request), wait_seconds_)).document, access_.json());
  return cli::exit_ok;
}

int OrdersCommands::refund() const {
  auto node = access_.client();
  cli::NodeRequest request{.method = "POST",
                           .path = "/v1/payments/" + captured_payment(node, id_) + "/refunds"};
  request.body = nlohmann::json::object();
  if (amount_ > 0) request.body["amount"] = amount_;
  if (!reason_.empty()) request.body["reason"] = reason_;
  if (!idempotency_key_.empty()) request.headers.emplace_back("Idempotency-Key", idempotency_key_);
  const nlohmann::json refund = node.ask(request).document;
  if (access_.json()) {
    cli::print_json(refund);
  } else {
    cli::print(refund_facts(refund));
  }
  return cli::exit_ok;
}

}  // namespace orderflow::commands
