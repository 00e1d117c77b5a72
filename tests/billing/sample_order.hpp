#pragma once

#include "orders/contract/order_created.hpp"
#include "support/typed_values.hpp"

#include <cstdio>
#include <string>
#include <utility>

namespace orderflow::billing {

/// The identifier of the test's n-th order.
inline std::string order_id(int number) {
  char text[37];
  std::snprintf(text, sizeof text, "01900000-0000-7000-8000-%012d", number);
  return text;
}

/// An order of one line that every rule lets pass.
inline orders::OrderCreated sample_order(int number = 1, std::string user_id = "ann") {
  return {
      .order_id = test::id_of(order_id(number)),
      .order = {.user_id = core::UserId{std::move(user_id)},
                .email = "ann@example.com",
                .total = test::money(1999),
                .payment_method = "sim-approve",
                .items = {{.product_id = "book", .name = "Book", .quantity = 1, .price = 1999}}}};
}

}  // namespace orderflow::billing
