#pragma once

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "core/clock.hpp"
#include "embedded_templates.hpp"
#include "orders/contract/order_created.hpp"
#include "template.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orderflow::notifications {

/// What a buyer reads.
struct MailBody {
  std::string text;
  std::string html;
};

/// The words of every mail about an order: `order_confirmation` and `order_outcome`, each as text
/// and as HTML. No internal reason code is ever told to a buyer. Read by all threads once made.
class OrderMails {
 public:
  /// Reads the templates, once. Throws `TemplateError` where one is missing or not sound.
  OrderMails(std::string_view shop, const std::vector<EmbeddedTemplate>& templates);

  static std::string confirmation_subject(const orders::OrderCreated& order);
  static std::string outcome_subject(const billing::OrderProcessed& outcome);
  static std::string refund_subject(const billing::PaymentRefunded& refund);

  MailBody confirmation(const orders::OrderCreated& order, core::Timestamp placed_at) const;
  MailBody outcome(const billing::OrderProcessed& outcome) const;
  MailBody refund(const billing::PaymentRefunded& refund) const;

 private:
  struct Pair {
    Template text;
    Template html;
  };
  /// The mail of an outcome, with the words of one section.
  MailBody outcome_of(const std::string& order_id, std::int64_t amount, const std::string& currency,
                      std::string_view section) const;
  static Pair read(const std::vector<EmbeddedTemplate>& templates, const std::string& name,
                   const TemplateNames& names);

  std::string shop_;
  Pair confirmation_;
  Pair outcome_;
};

}  // namespace orderflow::notifications
