#include "card/card_gateway.hpp"

#include "card/card_amount.hpp"
#include "card/card_form.hpp"
#include "card/card_id.hpp"
#include "card/decline_codes.hpp"
#include "core/text.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace orderflow::billing {
namespace {

using boost::asio::awaitable;
using outbound::HttpAnswer;
using outbound::HttpRequest;

constexpr int pages_max = 20;
constexpr std::int64_t page_size = 100;
/// A key counts as forgotten so much earlier, for a request takes its time to get there.
constexpr core::Duration key_age_margin = std::chrono::minutes{15};
/// The search follows the gateway's books after an hour, in trouble.
constexpr core::Duration search_lag_max = std::chrono::hours{1};

/// "cus_…/pm_…" names the customer whom a saved payment method belongs to.
void add_payment_method(CardForm& form, std::string_view method) {
  const auto slash = method.find('/');
  if (slash != std::string_view::npos) {
    form.add("customer", method.substr(0, slash));
    method.remove_prefix(slash + 1);
  }
  form.add("payment_method", method);
}

/// Which of several charges of one payment counts: money that has moved, or still may.
int weight_of(const CardIntent& intent) noexcept {
  if (intent.status == "succeeded") return 3;
  if (intent.status == "processing") return 2;
  return intent.status == "canceled" ? 0 : 1;
}

void keep_weightiest(std::optional<CardIntent>& found, CardIntent intent) {
  if (found && weight_of(*found) == 3 && weight_of(intent) == 3) {
    telemetry::log("billing").critical("charged twice payment={} charges={},{}", intent.payment_id,
                                       found->id, intent.id);
  }
  if (!found || weight_of(*found) < weight_of(intent)) found = std::move(intent);
}

template <class Page>
void require_readable(const std::optional<Page>& page) {
  if (!page) throw GatewayError("the gateway's list cannot be read");
}

std::int64_t amount_of(const core::Money& money) {
  const auto amount = card_amount(money);
  if (!amount) throw GatewayRefusal("the gateway cannot hold " + money.to_string());
  return *amount;
}

/// A name that we have kept of the gateway's.
CardId id_of(const std::string& reference) {
  auto id = CardId::parse(reference);
  if (!id) throw GatewayRefusal("what is kept as the gateway's name is none");
  return std::move(*id);
}

GatewayRefund entry_of(const CardRefund& refund) {
  return {.reference = refund.id,
          .idempotency_key = refund.refund_key,
          .amount = money_of_card(refund.amount, refund.currency),
          .reason = refund.reason,
          .result = result_of(refund)};
}

ExpectedRefund expected_of(const RefundInquiry& inquiry) {
  return {.idempotency_key = inquiry.idempotency_key,
          .charge_reference = inquiry.charge_reference,
          .amount = amount_of(inquiry.amount),
          .currency = std::string(inquiry.amount.currency.code())};
}

/// Whether it has the key of the expected refund, but is another part of the same charge.
bool is_of_another(const CardRefund& refund, const ExpectedRefund& expected) noexcept {
  return refund.refund_key == expected.idempotency_key &&
         refund.intent == expected.charge_reference && refund.amount != expected.amount;
}

}  // namespace

CardGateway::CardGateway(CardSettings settings, outbound::Destination& destination,
                         const core::Clock& clock)
    : settings_(std::move(settings)), clock_(clock), client_(settings_, destination, clock) {}

CardGateway::CardGateway(CardSettings settings, outbound::HttpSender& sender,
                         outbound::Destination& destination, const core::Clock& clock)
    : settings_(std::move(settings)),
      clock_(clock),
      client_(settings_, sender, destination, clock) {}

void CardGateway::stop() noexcept {
  client_.stop();
}

HttpRequest CardGateway::charge_request(const ChargeRequest& charge, std::int64_t amount) const {
  CardForm form;
  form.add("amount", amount);
  form.add("currency", core::lower_case(charge.amount.currency.code()));
  form.add("confirm", "true");
  add_payment_method(form, charge.payment_method.empty() ? settings_.default_payment_method
                                                         : charge.payment_method);
  form.add("off_session", "true").add("error_on_requires_action", "true");
  form.add("metadata[order_id]", charge.order_id).add("metadata[payment_id]", charge.payment_id);
  form.add("description", "Order " + charge.order_id);
  HttpRequest request = client_.request_to("POST", "/v1/payment_intents", charge.deadline);
  request.headers.emplace_back("Idempotency-Key", charge.idempotency_key);
  request.body = form.text();
  return request;
}

HttpRequest CardGateway::refund_request(const RefundRequest& refund, std::int64_t amount) const {
  CardForm form;
  form.add("payment_intent", refund.charge_reference).add("amount", amount);
  form.add("metadata[order_id]", refund.order_id).add("metadata[payment_id]", refund.payment_id);
  form.add("metadata[refund_key]", refund.idempotency_key);
  HttpRequest request = client_.request_to("POST", "/v1/refunds", refund.deadline);
  request.headers.emplace_back("Idempotency-Key", refund.idempotency_key);
  request.body = form.text();
  return request;
}

std::optional<core::Duration> CardGateway::settles_after() const noexcept {
  return settings_.key_age_max + search_lag_max;
}

bool CardGateway::may_be_forgotten(core::Timestamp key_since) const {
  const core::Duration age = clock_.now() - key_since;
  // Where the clock was set back in between, the age is not known.
  return age < core::Duration::zero() || age > settings_.key_age_max - key_age_margin;
}

std::int64_t CardGateway::representable(const core::Money& money) const noexcept {
  return card_representable(money);
}

awaitable<ChargeResult> CardGateway::charge(const ChargeRequest& request) {
  if (request.payment_method.empty() && settings_.default_payment_method.empty()) {
    co_return Declined{std::string(payment_method_missing)};
  }
  const auto amount = card_amount(request.amount);
  if (!amount) co_return Declined{std::string(amount_not_accepted)};
  const ExpectedCharge expected{.payment_id = request.payment_id,
                                .amount = *amount,
                                .currency = std::string(request.amount.currency.code())};
  const ChargeInquiry inquiry{.payment_id = request.payment_id,
                              .reference = {},
                              .amount = request.amount,
                              .deadline = request.deadline};
  if (request.resumed || may_be_forgotten(request.key_since)) {
    if (auto found = co_await find_charge(inquiry)) co_return std::move(*found);
  }
  const HttpRequest http = charge_request(request, *amount);
  const HttpAnswer answer = co_await client_.ask(http);
  const ChargeAnswer parsed = charge_answer(answer, expected);
  if (std::holds_alternative<KeyConflict>(parsed)) {
    if (auto found = co_await find_charge(inquiry)) co_return std::move(*found);
    throw GatewayError("the key was used with other parameters, and no charge is found yet");
  }
  co_return co_await ended(parsed, expected, request.deadline);
}

awaitable<ChargeResult> CardGateway::ended(const ChargeAnswer& answer,
                                           const ExpectedCharge& expected,
                                           core::Duration deadline) {
  if (const auto* approved = std::get_if<Approved>(&answer)) co_return *approved;
  if (const auto* declined = std::get_if<Declined>(&answer)) co_return *declined;
  if (const auto* pending = std::get_if<Pending>(&answer)) co_return *pending;
  const Unfinished& unfinished = std::get<Unfinished>(answer);
  const std::string path = path_of("/v1/payment_intents", id_of(unfinished.reference), "cancel");
  const HttpRequest http = client_.request_to("POST", path, deadline);
  const HttpAnswer canceled = co_await client_.ask(http);
  const ChargeAnswer parsed = cancel_answer(canceled, expected, unfinished.code);
  if (std::holds_alternative<Unfinished>(parsed)) {
    throw GatewayError("the gateway did not cancel " + unfinished.reference);
  }
  co_return co_await ended(parsed, expected, deadline);
}

awaitable<std::optional<ChargeResult>> CardGateway::find_charge(const ChargeInquiry& inquiry) {
  client_.require_closed_circuit();
  const auto found = co_await search(inquiry);
  if (!found) co_return std::nullopt;
  const ExpectedCharge expected{.payment_id = inquiry.payment_id,
                                .amount = amount_of(inquiry.amount),
                                .currency = std::string(inquiry.amount.currency.code())};
  const ChargeAnswer parsed = charge_of(*found, expected);
  co_return co_await ended(parsed, expected, inquiry.deadline);
}

awaitable<std::optional<CardIntent>> CardGateway::search(const ChargeInquiry& inquiry) {
  if (!inquiry.reference.empty()) {
    const std::string path = path_of("/v1/payment_intents", id_of(inquiry.reference));
    const HttpRequest http = client_.request_to("GET", path, inquiry.deadline);
    const HttpAnswer answer = co_await client_.ask(http);
    auto intent = read_intent(document_of(answer));
    if (!intent) throw GatewayError("the gateway's charge cannot be read");
    co_return intent;
  }
  CardForm query;
  query.add("query", "metadata['payment_id']:'" + inquiry.payment_id + "'").add("limit", page_size);
  std::optional<CardIntent> found;
  std::string page_name;
  for (int pages = 0; pages < pages_max; ++pages) {
    CardForm next = query;
    if (!page_name.empty()) next.add("page", page_name);
    const std::string path = "/v1/payment_intents/search?" + next.text();
    const HttpRequest http = client_.request_to("GET", path, inquiry.deadline);
    const HttpAnswer answer = co_await client_.ask(http);
    auto page = read_intents(document_of(answer));
    require_readable(page);
    for (CardIntent& intent : page->objects)
      keep_weightiest(found, std::move(intent));
    if (!page->has_more || page->next_page.empty()) co_return found;
    page_name = page->next_page;
  }
  throw GatewayError("the gateway's list has no end");
}

awaitable<RefundResult> CardGateway::refund(const RefundRequest& request) {
  const RefundInquiry inquiry{.idempotency_key = request.idempotency_key,
                              .reference = {},
                              .charge_reference = request.charge_reference,
                              .amount = request.amount,
                              .deadline = request.deadline};
  // What the gateway cannot hold was never sent.
  if (!card_amount(request.amount)) co_return RefundRefused{std::string(amount_not_accepted)};
  const ExpectedRefund expected = expected_of(inquiry);
  if (request.resumed || may_be_forgotten(request.key_since)) {
    if (auto found = co_await find_refund(inquiry)) co_return std::move(*found);
  }
  const HttpRequest http = refund_request(request, expected.amount);
  const HttpAnswer answer = co_await client_.ask(http);
  RefundResult parsed = refund_answer(answer, expected);
  if (std::holds_alternative<RefundKeyTaken>(parsed)) {
    const auto found = co_await search(inquiry);
    if (found && !is_of_another(*found, expected)) co_return refund_of(*found, expected);
  }
  co_return std::move(parsed);
}

awaitable<std::optional<RefundResult>> CardGateway::find_refund(const RefundInquiry& inquiry) {
  client_.require_closed_circuit();
  const auto found = co_await search(inquiry);
  if (!found) co_return std::nullopt;
  co_return refund_of(*found, expected_of(inquiry));
}

awaitable<std::optional<CardRefund>> CardGateway::search(const RefundInquiry& inquiry) {
  if (!inquiry.reference.empty()) {
    const std::string path = path_of("/v1/refunds", id_of(inquiry.reference));
    const HttpRequest http = client_.request_to("GET", path, inquiry.deadline);
    const HttpAnswer answer = co_await client_.ask(http);
    auto refund = read_refund(document_of(answer));
    if (!refund) throw GatewayError("the gateway's refund cannot be read");
    co_return refund;
  }
  const std::vector<CardRefund> refunds =
      co_await refunds_of(inquiry.charge_reference, inquiry.deadline);
  for (const CardRefund& refund : refunds) {
    if (refund.refund_key == inquiry.idempotency_key) co_return refund;
  }
  co_return std::nullopt;
}

awaitable<std::vector<CardRefund>> CardGateway::refunds_of(const std::string& charge_reference,
                                                           core::Duration deadline) {
  CardForm query;
  query.add("payment_intent", charge_reference).add("limit", page_size);
  std::vector<CardRefund> refunds;
  for (int pages = 0; pages < pages_max; ++pages) {
    CardForm next = query;
    if (!refunds.empty()) next.add("starting_after", refunds.back().id);
    const HttpRequest http = client_.request_to("GET", "/v1/refunds?" + next.text(), deadline);
    const HttpAnswer answer = co_await client_.ask(http);
    auto page = read_refunds(document_of(answer));
    require_readable(page);
    std::ranges::move(page->objects, std::back_inserter(refunds));
    if (!page->has_more || page->objects.empty()) co_return refunds;
  }
  throw GatewayError("the gateway's list has no end");
}

awaitable<std::optional<ChargeStatement>> CardGateway::statement_of(
    const StatementInquiry& inquiry) {
  client_.require_closed_circuit();
  const std::string path = path_of("/v1/payment_intents", id_of(inquiry.charge_reference));
  const HttpRequest http = client_.request_to("GET", path, inquiry.deadline);
  const HttpAnswer answer = co_await client_.ask(http);
  if (answer.status == 404) co_return std::nullopt;
  const auto intent = read_intent(document_of(answer));
  if (!intent || intent->id != inquiry.charge_reference) {
    throw GatewayError("the gateway's charge cannot be read");
  }
  ChargeStatement statement{.charge_reference = intent->id,
                            .payment_id = intent->payment_id,
                            .captured = std::nullopt,
                            .refunds = {}};
  if (intent->payment_id.empty()) co_return statement;
  if (intent->status == "succeeded") {
    statement.captured = money_of_card(intent->amount_received, intent->currency);
  }
  const std::vector<CardRefund> refunds =
      co_await refunds_of(inquiry.charge_reference, inquiry.deadline);
  for (const CardRefund& refund : refunds)
    statement.refunds.push_back(entry_of(refund));
  co_return statement;
}

}  // namespace orderflow::billing
