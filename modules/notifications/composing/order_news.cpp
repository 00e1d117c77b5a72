#include "composing/order_news.hpp"

#include "composing/language.hpp"
#include "composing/template_kinds.hpp"
#include "core/money.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orderflow::notifications {
namespace {

using billing::OrderResult;

std::string_view section_of(OrderResult result) noexcept {
  switch (result) {
    case OrderResult::processed:
      return "paid";
    case OrderResult::canceled_fraud:
      return "refused";
    case OrderResult::payment_declined:
      return "declined";
    case OrderResult::canceled:
      break;
  }
  return "canceled";
}

/// Writes values as the readers of one language expect them.
class Writer {
 public:
  explicit Writer(std::string_view language) : language_(language) {}

  std::string amount(const core::Money& money) const {
    // Of another node, whose list of currencies is newer.
    if (!money.currency.is_known()) return money.to_string() + " (minor unit)";
    return amount_in(language_, money.to_string());
  }

  /// `2026-03-01 12:30 UTC`
  static std::string moment(core::Timestamp time) {
    const std::string text = core::to_rfc3339(time);
    return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
  }

  Fields line(const orders::OrderLine& line, core::Currency currency) const {
    const bool is_named = !line.name.empty();
    const auto sum = core::checked_multiply(line.quantity, line.price);
    return {{"label", is_named ? line.name + " (" + line.product_id + ")" : line.product_id},
            {"name", is_named ? line.name : line.product_id},
            {"product_id", is_named ? line.product_id : ""},
            {"quantity", std::to_string(line.quantity)},
            {"price", amount({line.price, currency})},
            {"amount", sum ? amount({*sum, currency}) : "-"}};
  }

 private:
  std::string_view language_;
};

OrderNews outcome_news(OrderId order_id, std::string amount, std::string_view section) {
  OrderNews news{.kind = Kind::order_outcome, .data = {}};
  news.data.fields = {{"order_id", order_id.value().to_string()}, {"amount", std::move(amount)}};
  for (const std::string_view one : find_template_kind("order_outcome")->cases) {
    // A section without fields is there or not.
    news.data.sections.emplace_back(one, std::vector<Fields>(one == section ? 1 : 0));
  }
  return news;
}

}  // namespace

OrderNews news_of(const orders::OrderCreated& created, core::Timestamp placed_at,
                  std::string_view language) {
  const Writer writer(language);
  const orders::OrderDetails& order = created.order;
  std::vector<Fields> items;
  items.reserve(order.items.size());
  for (const orders::OrderLine& line : order.items) {
    items.push_back(writer.line(line, order.total.currency));
  }
  OrderNews news{.kind = Kind::order_confirmation, .data = {}};
  news.data.fields = {{"order_id", created.order_id.value().to_string()},
                      {"placed_at", Writer::moment(placed_at)},
                      {"total", writer.amount(order.total)}};
  news.data.sections.emplace_back("items", std::move(items));
  return news;
}

OrderNews news_of(const billing::OrderProcessed& outcome, std::string_view language) {
  return outcome_news(outcome.order_id, Writer(language).amount(outcome.amount),
                      section_of(outcome.status));
}

OrderNews news_of(const billing::PaymentRefunded& refund, std::string_view language) {
  return outcome_news(refund.order_id, Writer(language).amount(refund.amount),
                      refund.is_full() ? "refunded" : "partly_refunded");
}

OrderNews news_of(const events::Event& event, std::string_view language) {
  if (event.is<orders::OrderCreated>()) {
    return news_of(event.as<orders::OrderCreated>(), event.meta().occurred_at, language);
  }
  if (event.is<billing::PaymentRefunded>()) {
    return news_of(event.as<billing::PaymentRefunded>(), language);
  }
  return news_of(event.as<billing::OrderProcessed>(), language);
}

OrderNews sample_news(Kind kind, std::string_view case_name, std::string_view language) {
  const OrderId order_id{core::Uuid::parse("01900000-0000-7000-8000-000000000001").value()};
  const core::Money total{4448, core::Currency::parse("EUR").value()};
  const Writer writer(language);
  if (kind == Kind::order_outcome) {
    return outcome_news(order_id, writer.amount(total), case_name);
  }
  const orders::OrderCreated created{
      .order_id = order_id,
      .order = {
          .user_id = UserId{"sample"},
          .email = {},
          .total = total,
          .payment_method = {},
          .items = {{.product_id = "book-1", .name = "Book <1> & Co", .quantity = 2, .price = 1999},
                    {.product_id = "pen", .name = "", .quantity = 1, .price = 450}}}};
  return news_of(created, core::from_micros(1'767'265'200'000'000), language);
}

}  // namespace orderflow::notifications
