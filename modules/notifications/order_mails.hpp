#pragma once

#include "billing/contract/order_processed.hpp"
#include "core/clock.hpp"
#include "embedded_templates.hpp"
#include "orders/contract/order_created.hpp"
#include "template.hpp"

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

  MailBody confirmation(const orders::OrderCreated& order, core::Timestamp placed_at) const;
  MailBody outcome(const billing::OrderProcessed& outcome) const;

 private:
  struct Pair {
    Template text;
    Template html;
  };
  static Pair read(const std::vector<EmbeddedTemplate>& templates, const std::string& name,
                   const TemplateNames& names);

  std::string shop_;
  Pair confirmation_;
  Pair outcome_;
};

}  // namespace orderflow::notifications
