#include "faults/inspection.hpp"

#include "acceptance/support/node.hpp"
#include "acceptance/support/orders.hpp"
#include "acceptance/support/pages.hpp"

#include <set>
#include <stdexcept>
#include <string_view>

namespace orderflow::test {
namespace {

using nlohmann::json;

constexpr std::size_t page = 500;

/// For what the node still has to do when its last order is final, and before.
constexpr std::chrono::seconds rest_limit{sanitized ? 300 : 150};

}  // namespace

Inspection::Inspection(NodesOfModules nodes, const std::vector<Attempt>& attempts)
    : nodes_(std::move(nodes)), attempts_(attempts) {
  for (const Attempt& attempt : attempts)
    attempt_by_marker_.emplace(attempt.marker, &attempt);
}

void Inspection::run(const std::filesystem::path& data) {
  wait_until_final();
  check_orders();
  check_payments();
  check_notifications(data);
  check_logs();
  check_statistics();
}

void Inspection::wait_until_final() {
  const auto all_final = [&] {
    return get(nodes_.orders, "/v1/orders?status=PENDING&limit=1").at("orders").empty();
  };
  wait_until("every order has its final status", all_final, rest_limit);
}

void Inspection::check_orders() {
  for_each(nodes_.orders, "/v1/orders?", "orders", page,
           [&](const json& order) { check_order(order); });
  for (const Attempt& attempt : attempts_) {
    if (attempt.answer == Attempt::Answer::acknowledged && !orders_.contains(attempt.order_id)) {
      findings_.add("lost", attempt.order_id);
    }
  }
}

void Inspection::check_order(const json& document) {
  const std::string id = document.at("id");
  const Order order{.user_id = document.at("userId"),
                    .status = document.at("status"),
                    .currency = document.at("currency"),
                    .amount = document.at("totalAmount"),
                    .has_email = document.contains("email")};
  if (!orders_.emplace(id, order).second) findings_.add("listed twice", id);

  const auto found = attempt_by_marker_.find(document.at("items").at(0).at("productId"));
  if (found == attempt_by_marker_.end()) {
    findings_.add("unexpected", id + " was never asked for, or is there twice");
    return;
  }
  const Attempt& attempt = *found->second;
  attempt_by_marker_.erase(found);
  if (attempt.answer == Attempt::Answer::refused) findings_.add("unexpected", id + " was refused");
  if (attempt.answer == Attempt::Answer::none) ++stored_unanswered_;
  if (attempt.answer == Attempt::Answer::acknowledged && attempt.order_id != id) {
    findings_.add("unexpected", id + " was acknowledged as " + attempt.order_id);
  }
  if (order.status != attempt.final_status) {
    findings_.add("wrong status", id + " is " + order.status + ", not " + attempt.final_status);
  }
  if (order.user_id != attempt.user_id || order.currency != attempt.currency ||
      order.amount != attempt.amount) {
    findings_.add("wrong content", id);
  }
}

void Inspection::check_payments() {
  std::map<std::string, int> charges;
  const auto check = [&](const json& payment) {
    const std::string order_id = payment.at("orderId");
    const auto order = orders_.find(order_id);
    ++charges[order_id];
    if (order == orders_.end()) {
      findings_.add("wrong payment", order_id + " is no order");
      return;
    }
    const std::string_view status = order->second.status == "PAYMENT_DECLINED" ? "DECLINED"
                                    : order->second.status == "CANCELED_FRAUD" ? "REFUSED"
                                                                               : "CAPTURED";
    if (payment.at("status") != status || payment.at("amount") != order->second.amount ||
        payment.at("currency") != order->second.currency) {
      findings_.add("wrong payment", payment.dump());
    }
  };
  for (HttpClient* billing : nodes_.billing)
    for_each(*billing, "/v1/payments?", "payments", page, check);
  for (const auto& [id, order] : orders_) {
    if (charges[id] > 1 && !payments_may_repeat_) findings_.add("duplicated charge", id);
    if (charges[id] < 1) findings_.add("missing charge", id);
  }
}

void Inspection::check_notifications(const std::filesystem::path& data) {
  std::size_t sent = 0;
  for (const auto& [id, order] : orders_) {
    json notifications;
    try {
      notifications = notified(nodes_.notifications, id, order.has_email ? "sent" : "skipped");
    } catch (const std::runtime_error& error) {
      findings_.add("wrong notifications", error.what());
      return;
    }
    if (notifications[0].at("kind") == notifications[1].at("kind")) {
      findings_.add("wrong notifications", notifications.dump());
    }
    if (!order.has_email) continue;
    for (const json& notification : notifications) {
      const std::string name = notification.at("id").get<std::string>() + ".eml";
      if (!std::filesystem::exists(data / "mail" / "new" / name)) {
        findings_.add("wrong mails", "missing " + name);
      }
      ++sent;
    }
  }
  const std::size_t mails = count_mails(data);
  if (mails != sent) {
    findings_.add("wrong mails", std::to_string(mails) + " files, " + std::to_string(sent) +
                                     " notifications sent");
  }
}

Inspection::Histories Inspection::read_log(HttpClient& client) {
  Histories histories;
  std::set<std::string> ids;
  for_each(client, "/v1/events?", "events", page, [&](const json& event) {
    const std::string key = event.at("subject");
    const std::string kind = event.at("type");
    // What came for two modules of a node is there for each.
    const std::string audience = event.value("audience", "");
    if (!ids.insert(event.at("id").get<std::string>() + audience).second) {
      findings_.add("event twice", event.at("id"));
    }
    History& history = histories[key];
    std::int64_t* position = nullptr;
    if (kind == "order.created") position = &history.created;
    if (kind == "payment.requested") position = &history.requested;
    if (kind == "order.processed") position = &history.processed;
    if (position == nullptr) return;
    if (*position != 0 && audience.empty()) findings_.add("applied twice", kind + " of " + key);
    *position = std::stoll(event.at("sequence").get<std::string>());
  });
  for (const auto& [key, history] : histories) {
    if (!orders_.contains(key)) findings_.add("event without order", key);
  }
  return histories;
}

void Inspection::check_logs() {
  Histories histories = read_log(nodes_.orders);
  if (is_split()) {
    // Only there is the request for a payment published.
    for (HttpClient* billing : nodes_.billing) {
      for (const auto& [key, history] : read_log(*billing)) {
        const bool in_order = history.created < history.processed &&
                              (history.requested == 0 || (history.created < history.requested &&
                                                          history.requested < history.processed));
        if (history.created != 0 && history.processed != 0 && !in_order) {
          findings_.add("out of order", key);
        }
        if (history.requested != 0) histories[key].requested = -1;
      }
    }
    for (const auto& [key, history] : read_log(nodes_.notifications)) {
      if (history.created == 0 || history.processed == 0) findings_.add("missing event", key);
    }
  }
  for (const auto& [id, order] : orders_)
    check_history(id, order, histories[id]);
}

void Inspection::check_history(const std::string& order_id, const Order& order,
                               const History& history) {
  const bool charged = order.status != "CANCELED_FRAUD" && order.amount > 0;
  if (history.created == 0 || history.processed == 0 || (history.requested != 0) != charged) {
    findings_.add("missing event", order_id);
    return;
  }
  const bool requested_in_order = history.requested <= 0 || (history.created < history.requested &&
                                                             history.requested < history.processed);
  if (history.created > history.processed || !requested_in_order)
    findings_.add("out of order", order_id);
}

void Inspection::check_statistics() {
  std::map<std::string, json> expected;
  for (const auto& [id, order] : orders_) {
    json& user = expected[order.user_id];
    if (user.is_null()) {
      user = {{"ordersPlaced", 0},
              {"ordersProcessed", 0},
              {"ordersCanceled", 0},
              {"ordersDeclined", 0},
              {"spent", json::object()}};
    }
    const auto count = [&user](const char* field, std::int64_t by) {
      user[field] = user.value(field, std::int64_t{0}) + by;
    };
    count("ordersPlaced", 1);
    if (order.status == "CANCELED_FRAUD") count("ordersCanceled", 1);
    if (order.status == "PAYMENT_DECLINED") count("ordersDeclined", 1);
    if (order.status != "PROCESSED") continue;
    count("ordersProcessed", 1);
    json& spent = user["spent"];
    spent[order.currency] = spent.value(order.currency, std::int64_t{0}) + order.amount;
  }
  std::chrono::seconds limit(15);
  for (const auto& [user, figures] : expected) {
    json answer;
    const auto agrees = [&, &user = user, &figures = figures] {
      answer = nodes_.users.get("/v1/users/" + user + "/statistics").json();
      for (const auto& [field, value] : figures.items()) {
        if (answer.value(field, json()) != value) return false;
      }
      return true;
    };
    try {
      wait_until("the statistics agree", agrees, limit);
    } catch (const std::runtime_error&) {
      limit = std::chrono::seconds(0);
      findings_.add("wrong statistics", answer.dump() + " instead of " + figures.dump());
    }
  }
}

}  // namespace orderflow::test
