#pragma once

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "notification/message.hpp"
#include "orders/contract/order_created.hpp"
#include "support/typed_values.hpp"

#include <cstdio>
#include <string>

namespace orderflow::notifications {

/// The identifier of the test's n-th order.
inline std::string order_id(int number) {
  char text[37];
  std::snprintf(text, sizeof text, "01900000-0000-7000-8000-%012d", number);
  return text;
}

inline orders::OrderCreated sample_order(int number = 1, std::string email = "ann@example.com") {
  return {
      .order_id = test::id_of(order_id(number)),
      .order = {.user_id = core::UserId{"ann"},
                .email = std::move(email),
                .total = test::money(4448),
                .payment_method = "sim-approve",
                .items = {{.product_id = "book-1", .name = "Book", .quantity = 2, .price = 1999},
                          {.product_id = "pen", .name = "", .quantity = 1, .price = 450}}}};
}

inline billing::OrderProcessed sample_outcome(billing::OrderResult status, int number = 1,
                                              std::string email = "ann@example.com") {
  return {.order_id = test::id_of(order_id(number)),
          .buyer = {.user_id = core::UserId{"ann"}, .email = std::move(email)},
          .amount = test::money(4448),
          .status = status,
          .reasons = {"order_rate_above_limit"},
          .payment_id = {}};
}

inline billing::PaymentRefunded sample_refund(int number = 1,
                                              std::string email = "ann@example.com") {
  return {.order_id = test::id_of(order_id(number)),
          .buyer = {.user_id = core::UserId{"ann"}, .email = std::move(email)},
          .amount = test::money(4448),
          .payment_id = test::id_of<billing::PaymentId>("01900000-0000-7000-8000-00000000aaaa"),
          .refund_id = "refund-1"};
}

inline Sender sample_sender() {
  return {.name = "Orderflow",
          .address = "orders@orderflow.local",
          .message_id_domain = "orderflow.local"};
}

/// The test's n-th message.
inline Message sample_message(int number = 1) {
  return {.id = NotificationId{*core::Uuid::parse(order_id(number))},
          .recipient = "ann@example.com",
          .subject = "Your order",
          .text = "Hello,\nthank you.\n",
          .html = "<p>Hello,</p>\n<p>thank you.</p>\n",
          .date = core::from_micros(1'700'000'000'000'000),
          .correlation_id = "c-1",
          .traceparent = ""};
}

}  // namespace orderflow::notifications
