#pragma once

#include "billing/contract/order_processed.hpp"
#include "billing/contract/payment_refunded.hpp"
#include "composing/template.hpp"
#include "core/clock.hpp"
#include "events/log/event.hpp"
#include "notification/notification.hpp"
#include "orders/contract/order_created.hpp"

#include <string_view>

namespace orderflow::notifications {

/// What there is to tell about an order: the values for the templates of a kind, in a language. No
/// internal reason code is ever told to a buyer.
struct OrderNews {
  Kind kind;
  TemplateData data;
};

OrderNews news_of(const orders::OrderCreated& order, core::Timestamp placed_at,
                  std::string_view language);
OrderNews news_of(const billing::OrderProcessed& outcome, std::string_view language);
OrderNews news_of(const billing::PaymentRefunded& refund, std::string_view language);

/// Of any event that the module tells of. Throws `events::UnreadableEvent` for another.
OrderNews news_of(const events::Event& event, std::string_view language);

/// Made up, for a preview: `case_name` is one of the kind's cases (see `TemplateKind`).
OrderNews sample_news(Kind kind, std::string_view case_name, std::string_view language);

}  // namespace orderflow::notifications
