#pragma once

#include "billing/contract/payment_statement_requested.hpp"
#include "books/payment.hpp"

#include <string>

namespace orderflow::billing {

/// A buyer has asked their bank for the money of a payment, as it was last told. It is no refund:
/// order, statistics and what may still be paid back stay as they are, and the payment shows how
/// much of it is with the bank.
struct Dispute {
  PaymentId payment_id;
  DisputeReport report;
  core::Timestamp created_at;
  core::Timestamp updated_at;
};

}  // namespace orderflow::billing
