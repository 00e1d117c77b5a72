#include "order_mails.hpp"

#include "core/money.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace orderflow::notifications {
namespace {

using billing::OrderResult;

const TemplateNames confirmation_names{
    .fields = {"shop", "order_id", "placed_at", "total"},
    .sections = {{"items", {"label", "name", "product_id", "quantity", "price", "amount"}}}};

const TemplateNames outcome_names{.fields = {"shop", "order_id", "amount"},
                                  .sections = {{"paid", {}},
                                               {"refused", {}},
                                               {"declined", {}},
                                               {"canceled", {}},
                                               {"refunded", {}},
                                               {"partly_refunded", {}}}};

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

const EmbeddedTemplate& find(const std::vector<EmbeddedTemplate>& templates,
                             const std::string& name) {
  const auto found = std::ranges::find(templates, name, &EmbeddedTemplate::name);
  if (found == templates.end()) throw TemplateError("there is no template " + name);
  return *found;
}

std::string shown(std::optional<std::int64_t> amount, const std::string& currency) {
  if (!amount) return "-";
  const auto known = core::Currency::parse(currency);
  // A code that ISO 4217 has withdrawn since: its minor unit is not known any more.
  if (!known) return std::to_string(*amount) + " " + currency + " (minor unit)";
  return core::Money{*amount, *known}.to_string();
}

/// `2026-03-01 12:30 UTC`
std::string shown(core::Timestamp time) {
  const std::string text = core::to_rfc3339(time);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

Fields fields_of(const orders::OrderLine& line, const std::string& currency) {
  const bool is_named = !line.name.empty();
  return {{"label", is_named ? line.name + " (" + line.product_id + ")" : line.product_id},
          {"name", is_named ? line.name : line.product_id},
          {"product_id", is_named ? line.product_id : ""},
          {"quantity", std::to_string(line.quantity)},
          {"price", shown(line.price, currency)},
          {"amount", shown(core::checked_multiply(line.quantity, line.price), currency)}};
}

}  // namespace

OrderMails::OrderMails(std::string_view shop, const std::vector<EmbeddedTemplate>& templates)
    : shop_(shop),
      confirmation_(read(templates, "order_confirmation", confirmation_names)),
      outcome_(read(templates, "order_outcome", outcome_names)) {}

OrderMails::Pair OrderMails::read(const std::vector<EmbeddedTemplate>& templates,
                                  const std::string& name, const TemplateNames& names) {
  const EmbeddedTemplate& text = find(templates, name + ".txt");
  const EmbeddedTemplate& html = find(templates, name + ".html");
  return {.text = Template(text.name, text.text, Template::Escape::text, names),
          .html = Template(html.name, html.text, Template::Escape::html, names)};
}

std::string OrderMails::confirmation_subject(const orders::OrderCreated& order) {
  return "We have received your order " + order.order_id;
}

std::string OrderMails::outcome_subject(const billing::OrderProcessed& outcome) {
  switch (outcome.status) {
    case OrderResult::processed:
      return "Your order " + outcome.order_id + " is confirmed";
    case OrderResult::canceled_fraud:
      return "Your order " + outcome.order_id + " could not be accepted";
    case OrderResult::payment_declined:
      return "Payment declined for order " + outcome.order_id;
    case OrderResult::canceled:
      break;
  }
  return "Your order " + outcome.order_id + " is canceled";
}

std::string OrderMails::refund_subject(const billing::PaymentRefunded& refund) {
  return (refund.is_full() ? "Your refund for order " : "A partial refund for order ") +
         refund.order_id;
}

MailBody OrderMails::confirmation(const orders::OrderCreated& order,
                                  core::Timestamp placed_at) const {
  std::vector<Fields> items;
  items.reserve(order.items.size());
  for (const orders::OrderLine& line : order.items) {
    items.push_back(fields_of(line, order.currency));
  }
  TemplateData data;
  data.fields = {{"shop", shop_},
                 {"order_id", order.order_id},
                 {"placed_at", shown(placed_at)},
                 {"total", shown(order.total_amount, order.currency)}};
  data.sections.emplace_back("items", std::move(items));
  return {.text = confirmation_.text.render(data), .html = confirmation_.html.render(data)};
}

MailBody OrderMails::outcome(const billing::OrderProcessed& outcome) const {
  return outcome_of(outcome.order_id, outcome.amount, outcome.currency, section_of(outcome.status));
}

MailBody OrderMails::refund(const billing::PaymentRefunded& refund) const {
  return outcome_of(refund.order_id, refund.amount, refund.currency,
                    refund.is_full() ? "refunded" : "partly_refunded");
}

MailBody OrderMails::outcome_of(const std::string& order_id, std::int64_t amount,
                                const std::string& currency, std::string_view section) const {
  TemplateData data;
  data.fields = {{"shop", shop_}, {"order_id", order_id}, {"amount", shown(amount, currency)}};
  for (const TemplateNames::Section& one : outcome_names.sections) {
    // A section without fields is there or not.
    data.sections.emplace_back(one.name, std::vector<Fields>(one.name == section ? 1 : 0));
  }
  return {.text = outcome_.text.render(data), .html = outcome_.html.render(data)};
}

}  // namespace orderflow::notifications
