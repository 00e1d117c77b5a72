#include "fraud/fraud_rules.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace orderflow::billing {
namespace {

bool is_above(const AmountLimits& limits, const core::Money& money) {
  const auto limit = limits.find(money.currency.code());
  return limit != limits.end() && money.amount > limit->second;
}

bool is_amount_rate_above(const orders::OrderDetails& order, const WindowTotals& totals,
                          const FraudRules& rules) {
  const auto limit = rules.max_amount.find(order.total.currency.code());
  if (limit == rules.max_amount.end()) return false;
  core::AmountSum sum = totals.amount;
  sum.add(order.total.amount);
  return sum > limit->second;
}

bool is_domain_blocked(const std::string& email, const Names& blocked) {
  const std::size_t at = email.rfind('@');
  if (blocked.empty() || at == std::string::npos) return false;
  const std::string domain = core::lower_case(std::string_view(email).substr(at + 1));
  std::string_view rest = domain;
  // The root's dot changes nothing: "example.com." is "example.com".
  if (rest.ends_with('.')) rest.remove_suffix(1);
  while (!rest.empty()) {
    if (blocked.contains(rest)) return true;
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return false;
    rest.remove_prefix(dot + 1);
  }
  return false;
}

}  // namespace

std::vector<std::string> fraud_reasons(const orders::OrderDetails& order,
                                       const WindowTotals& totals, const FraudRules& rules) {
  const auto is_product_blocked = [&](const orders::OrderLine& line) {
    return rules.blocked_products.contains(line.product_id);
  };
  const auto is_quantity_above = [&](const orders::OrderLine& line) {
    return line.quantity > rules.max_quantity;
  };
  std::vector<std::string> reasons;
  const auto give = [&](bool broken, std::string_view reason) {
    if (broken) reasons.emplace_back(reason);
  };
  give(is_above(rules.max_order_amount, order.total), fraud_reason::order_amount);
  give(totals.orders >= rules.max_orders, fraud_reason::order_rate);
  give(is_amount_rate_above(order, totals, rules), fraud_reason::amount_rate);
  give(rules.blocked_users.contains(order.user_id.value()), fraud_reason::user);
  give(std::ranges::any_of(order.items, is_product_blocked), fraud_reason::product);
  give(is_domain_blocked(order.email, rules.blocked_email_domains), fraud_reason::email_domain);
  give(std::ranges::any_of(order.items, is_quantity_above), fraud_reason::quantity);
  return reasons;
}

}  // namespace orderflow::billing
