#pragma once

#include "billing/contract/order_processed.hpp"
#include "orders/contract/order_created.hpp"
#include "support/typed_values.hpp"

#include <cstdio>
#include <string>

namespace orderflow::webhooks {

/// The identifier of the test's n-th order.
inline std::string order_id(int number) {
  char text[37];
  std::snprintf(text, sizeof text, "01900000-0000-7000-8000-%012d", number);
  return text;
}

inline orders::OrderCreated sample_order(int number = 1) {
  return {
      .order_id = test::id_of(order_id(number)),
      .order = {.user_id = core::UserId{"ann"},
                .email = "ann@example.com",
                .total = test::money(4448),
                .payment_method = "sim-approve",
                .items = {{.product_id = "book-1", .name = "Book", .quantity = 2, .price = 1999},
                          {.product_id = "pen", .name = "", .quantity = 1, .price = 450}}}};
}

inline billing::OrderProcessed sample_outcome(billing::OrderResult status, int number = 1) {
  return {.order_id = test::id_of(order_id(number)),
          .buyer = {.user_id = core::UserId{"ann"}, .email = "ann@example.com"},
          .amount = test::money(4448),
          .status = status,
          .reasons = {"order_rate_above_limit"},
          .payment_id = {}};
}

}  // namespace orderflow::webhooks
