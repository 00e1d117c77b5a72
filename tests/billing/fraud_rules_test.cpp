#include "fraud/fraud_rules.hpp"

#include "sample_order.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace orderflow::billing {
namespace {

using Reasons = std::vector<std::string>;

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

/// Rules that no sample order breaks.
FraudRules lenient_rules() {
  return {.max_order_amount = {},
          .window = std::chrono::seconds(60),
          .max_orders = 20,
          .max_amount = {},
          .blocked_users = {},
          .blocked_products = {},
          .blocked_email_domains = {},
          .max_quantity = 1000};
}

}  // namespace

core::AmountSum sum_of(std::int64_t amount) {
  core::AmountSum sum;
  sum.add(amount);
  return sum;
}

TEST_CASE("an ordinary order breaks no rule") {
  CHECK(fraud_reasons(sample_order().order, {}, lenient_rules()).empty());
}

TEST_CASE("an order may reach the largest amount of its currency, but not exceed it") {
  auto rules = lenient_rules();
  rules.max_order_amount = {{"EUR", 5000}, {"USD", 10}};
  auto order = sample_order().order;
  order.total.amount = 5000;
  CHECK(fraud_reasons(order, {}, rules).empty());
  order.total.amount = 5001;
  CHECK(fraud_reasons(order, {}, rules) == Reasons{"order_amount_above_limit"});
}

TEST_CASE("a currency without a limit takes any amount") {
  auto rules = lenient_rules();
  rules.max_order_amount = {{"USD", 10}};
  rules.max_amount = {{"USD", 10}};
  auto order = sample_order().order;
  order.total.amount = largest;
  CHECK(fraud_reasons(order, {.orders = 1, .amount = sum_of(largest)}, rules).empty());
}

TEST_CASE("an amount limit of nothing lets only free orders pass") {
  auto rules = lenient_rules();
  rules.max_order_amount = {{"EUR", 0}};
  auto order = sample_order().order;
  order.total.amount = 1;
  CHECK(fraud_reasons(order, {}, rules) == Reasons{"order_amount_above_limit"});
  order.total.amount = 0;
  CHECK(fraud_reasons(order, {}, rules).empty());
}

TEST_CASE("a user may place the allowed number of orders within the window, but not one more") {
  auto rules = lenient_rules();
  rules.max_orders = 3;
  CHECK(fraud_reasons(sample_order().order, {.orders = 2}, rules).empty());
  CHECK(fraud_reasons(sample_order().order, {.orders = 3}, rules) ==
        Reasons{"order_rate_above_limit"});
}

TEST_CASE("a user's orders within the window may reach the allowed sum, but not exceed it") {
  auto rules = lenient_rules();
  rules.max_amount = {{"EUR", 5000}};
  auto order = sample_order().order;
  order.total.amount = 2000;
  CHECK(fraud_reasons(order, {.orders = 1, .amount = sum_of(3000)}, rules).empty());
  CHECK(fraud_reasons(order, {.orders = 1, .amount = sum_of(3001)}, rules) ==
        Reasons{"amount_rate_above_limit"});
}

TEST_CASE("the sum counts the order itself when it is the first in its window") {
  auto rules = lenient_rules();
  rules.max_amount = {{"EUR", 5000}};
  auto order = sample_order().order;
  order.total.amount = 5001;
  CHECK(fraud_reasons(order, {}, rules) == Reasons{"amount_rate_above_limit"});
}

TEST_CASE("a sum that cannot be held is above every limit") {
  auto rules = lenient_rules();
  rules.max_amount = {{"EUR", largest}};
  auto order = sample_order().order;
  order.total.amount = 1;
  CHECK(fraud_reasons(order, {.orders = 1, .amount = sum_of(largest - 1)}, rules).empty());
  CHECK(fraud_reasons(order, {.orders = 1, .amount = sum_of(largest)}, rules) ==
        Reasons{"amount_rate_above_limit"});
  core::AmountSum beyond = sum_of(largest);
  beyond.add(1);
  order.total.amount = 0;
  CHECK(fraud_reasons(order, {.orders = 1, .amount = beyond}, rules) ==
        Reasons{"amount_rate_above_limit"});
}

TEST_CASE("a blocked user is refused, by the exact identifier") {
  auto rules = lenient_rules();
  rules.blocked_users = {"bob"};
  CHECK(fraud_reasons(sample_order(1, "bob").order, {}, rules) == Reasons{"user_blocked"});
  CHECK(fraud_reasons(sample_order(1, "bobby").order, {}, rules).empty());
  CHECK(fraud_reasons(sample_order(1, "Bob").order, {}, rules).empty());
}

TEST_CASE("a blocked product is refused wherever it stands, and named once") {
  auto rules = lenient_rules();
  rules.blocked_products = {"weapon"};
  auto order = sample_order().order;
  order.items.push_back({.product_id = "weapon", .name = "", .quantity = 1, .price = 1});
  CHECK(fraud_reasons(order, {}, rules) == Reasons{"product_blocked"});
  order.items.push_back(order.items.back());
  CHECK(fraud_reasons(order, {}, rules) == Reasons{"product_blocked"});
}

TEST_CASE("a blocked e-mail domain is refused with its subdomains, in any case of letters") {
  auto rules = lenient_rules();
  rules.blocked_email_domains = {"spam.example"};
  const auto reasons_of = [&](std::string email) {
    auto order = sample_order().order;
    order.email = std::move(email);
    return fraud_reasons(order, {}, rules);
  };
  for (const char* email : {"a@spam.example", "A@SPAM.Example", "a@mail.spam.example",
                            "a@x.y.Spam.example", "a@spam.example.", "\"a@ok.org\"@spam.example"}) {
    CAPTURE(email);
    CHECK(reasons_of(email) == Reasons{"email_domain_blocked"});
  }
  for (const char* email : {"", "a@notspam.example", "a@example", "a@spam.example.org",
                            "spam.example@ok.org", "spam.example", "a@"}) {
    CAPTURE(email);
    CHECK(reasons_of(email).empty());
  }
}

TEST_CASE("a line may reach the largest quantity, but not exceed it") {
  auto rules = lenient_rules();
  rules.max_quantity = 10;
  auto order = sample_order().order;
  order.items[0].quantity = 10;
  order.items.push_back(order.items[0]);
  CHECK(fraud_reasons(order, {}, rules).empty());
  order.items[1].quantity = 11;
  CHECK(fraud_reasons(order, {}, rules) == Reasons{"quantity_above_limit"});
}

TEST_CASE("every broken rule is given, in one fixed order") {
  const FraudRules rules{.max_order_amount = {{"EUR", 1}},
                         .window = std::chrono::seconds(60),
                         .max_orders = 1,
                         .max_amount = {{"EUR", 1}},
                         .blocked_users = {"ann"},
                         .blocked_products = {"book"},
                         .blocked_email_domains = {"example.com"},
                         .max_quantity = 1};
  auto order = sample_order().order;
  order.items[0].quantity = 2;
  CHECK(fraud_reasons(order, {.orders = 1, .amount = sum_of(1)}, rules) ==
        Reasons{"order_amount_above_limit", "order_rate_above_limit", "amount_rate_above_limit",
                "user_blocked", "product_blocked", "email_domain_blocked", "quantity_above_limit"});
  order.user_id = core::UserId{"bob"};
  order.email = "";
  CHECK(fraud_reasons(order, {.orders = 0, .amount = sum_of(1)}, rules) ==
        Reasons{"order_amount_above_limit", "amount_rate_above_limit", "product_blocked",
                "quantity_above_limit"});
}

}  // namespace orderflow::billing
