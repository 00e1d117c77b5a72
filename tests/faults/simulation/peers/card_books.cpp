#include "faults/simulation/peers/card_books.hpp"

#include "faults/simulation/peers/card_documents.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace orderflow::simulation {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using outbound::HttpAnswer;
using Status = CardBooks::Status;

std::string text_of(const Form& form, const std::string& name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string{} : found->second;
}

/// A search follows the books after a minute, in trouble after most of an hour.
core::Duration lag(core::Random& random) {
  if (random.below(8) == 0) return core::Duration(random.below(50) * 60'000'000);
  return core::Duration(random.below(60'000'000));
}

}  // namespace

CardBooks::Charge* CardBooks::find_charge(std::string_view id) {
  const auto found = std::ranges::find(charges_, id, &Charge::id);
  return found == charges_.end() ? nullptr : &*found;
}

const CardBooks::Charge* CardBooks::find_charge(std::string_view id) const {
  const auto found = std::ranges::find(charges_, id, &Charge::id);
  return found == charges_.end() ? nullptr : &*found;
}

std::int64_t CardBooks::paid_back(std::string_view charge) const {
  std::int64_t sum = 0;
  for (const Refund& refund : refunds_) {
    if (refund.charge == charge && refund.status != Status::failed) sum += refund.amount;
  }
  return sum;
}

HttpAnswer CardBooks::charge(const Form& form) {
  const std::string method = text_of(form, "payment_method");
  if (method == pay::unknown) {
    return error(400, "invalid_request_error",
                 {{"code", "resource_missing"}, {"param", "payment_method"}});
  }
  const std::string currency = text_of(form, "currency");
  const std::int64_t amount = std::stoll(text_of(form, "amount"));
  // What has three digits is charged in steps of ten.
  if (amount <= 0 || (currency == "kwd" && amount % 10 != 0)) {
    nonsense_.push_back("a charge of " + std::to_string(amount) + " " + currency);
    return error(400, "invalid_request_error", {{"param", "amount"}});
  }
  Charge& charge = charges_.emplace_back(Charge{.id = "pi_" + std::to_string(charges_.size() + 1),
                                                .order_id = text_of(form, "metadata[order_id]"),
                                                .payment_id = text_of(form, "metadata[payment_id]"),
                                                .currency = currency,
                                                .method = method,
                                                .amount = amount,
                                                .found_from = clock_.now() + lag(random_)});
  if (method == pay::declined) return decline(charge, "insufficient_funds");
  if (method == pay::wants_action) {
    charge.status = Status::wants_action;
  } else if (method != pay::slowly && method != pay::slowly_in_vain) {
    charge.status = Status::succeeded;
  }
  report_charge(charge);
  return answer(200, shown(charge));
}

HttpAnswer CardBooks::decline(Charge& charge, const std::string& code) {
  charge.status = Status::unpaid;
  charge.decline_code = code;
  report_charge(charge);
  return error(402, "card_error",
               {{"code", "card_declined"},
                {"decline_code", code},
                {"payment_intent", shown(std::as_const(charge))}});
}

HttpAnswer CardBooks::cancel(const std::string& id) {
  Charge* charge = find_charge(id);
  if (charge == nullptr) return no_such("intent");
  if (charge->status != Status::wants_action && charge->status != Status::unpaid) {
    return error(400, "invalid_request_error",
                 {{"code", "payment_intent_unexpected_state"}, {"payment_intent", shown(*charge)}});
  }
  charge->status = Status::canceled;
  report_charge(*charge);
  return answer(200, shown(*charge));
}

HttpAnswer CardBooks::show_charge(const std::string& id) const {
  const Charge* charge = find_charge(id);
  return charge == nullptr ? no_such("intent") : answer(200, shown(*charge));
}

HttpAnswer CardBooks::search(const Form& query) const {
  const std::string text = text_of(query, "query");
  const std::string from = text_of(query, "page");
  std::vector<json> found;
  for (const Charge& charge : charges_) {
    const bool is_wanted = text == "metadata['payment_id']:'" + charge.payment_id + "'";
    if (is_wanted && charge.found_from <= clock_.now()) found.push_back(shown(charge));
  }
  return answer(200, page("search_result", found, from.empty() ? 0 : std::stoul(from)));
}

HttpAnswer CardBooks::refund(const Form& form) {
  const Charge* charge = find_charge(text_of(form, "payment_intent"));
  if (charge == nullptr) return no_such("payment_intent");
  if (charge->status != Status::succeeded) {
    return error(400, "invalid_request_error", {{"param", "payment_intent"}});
  }
  const std::int64_t amount = std::stoll(text_of(form, "amount"));
  if (amount <= 0 || (charge->currency == "kwd" && amount % 10 != 0)) {
    nonsense_.push_back("a refund of " + std::to_string(amount) + " " + charge->currency);
    return error(400, "invalid_request_error", {{"param", "amount"}});
  }
  const std::int64_t left = charge->amount - paid_back(charge->id);
  if (left == 0) {
    return error(400, "invalid_request_error", {{"code", "charge_already_refunded"}});
  }
  if (amount > left) return error(400, "invalid_request_error", {{"param", "amount"}});
  const bool is_slow =
      charge->method == pay::refunded_slowly || charge->method == pay::refunded_in_vain;
  const Status status = charge->method == pay::never_refunded ? Status::failed
                        : is_slow                             ? Status::in_hand
                                                              : Status::succeeded;
  const Refund& refund =
      refunds_.emplace_back(Refund{.id = "re_" + std::to_string(refunds_.size() + 1),
                                   .charge = charge->id,
                                   .order_id = charge->order_id,
                                   .payment_id = charge->payment_id,
                                   .key = text_of(form, "metadata[refund_key]"),
                                   .currency = charge->currency,
                                   .amount = amount,
                                   .status = status});
  report_refund(refund, "refund.created");
  return answer(200, shown(refund));
}

HttpAnswer CardBooks::show_refund(const std::string& id) const {
  const auto found = std::ranges::find(refunds_, id, &Refund::id);
  return found == refunds_.end() ? no_such("id") : answer(200, shown(*found));
}

HttpAnswer CardBooks::list_refunds(const Form& query) const {
  const std::string charge = text_of(query, "payment_intent");
  const std::string last = text_of(query, "starting_after");
  std::vector<json> found;
  std::size_t from = 0;
  // The newest first.
  for (auto refund = refunds_.rbegin(); refund != refunds_.rend(); ++refund) {
    if (refund->charge != charge) continue;
    found.push_back(shown(*refund));
    if (refund->id == last) from = found.size();
  }
  return answer(200, page("list", found, from));
}

const CardBooks::Refund* CardBooks::refund_by_hand() {
  std::vector<const Charge*> found;
  for (const Charge& charge : charges_) {
    if (charge.status == Status::succeeded && paid_back(charge.id) < charge.amount) {
      found.push_back(&charge);
    }
  }
  if (found.empty()) return nullptr;
  const Charge& charge = *found[random_.below(found.size())];
  const std::int64_t left = charge.amount - paid_back(charge.id);
  const std::int64_t step = charge.currency == "kwd" ? 10 : 1;
  const bool is_whole = random_.below(2) == 0;
  const auto steps = static_cast<std::uint64_t>(left / step);
  const std::int64_t amount =
      is_whole ? left : step * static_cast<std::int64_t>(1 + random_.below(steps));
  const Refund& refund =
      refunds_.emplace_back(Refund{.id = "re_" + std::to_string(refunds_.size() + 1),
                                   .charge = charge.id,
                                   .order_id = charge.order_id,
                                   .payment_id = charge.payment_id,
                                   .currency = charge.currency,
                                   .amount = amount});
  report_refund(refund, "refund.created");
  return &refund;
}

bool CardBooks::settle(bool all) {
  bool has_settled = false;
  for (Charge& charge : charges_) {
    if (charge.status != Status::in_hand || (!all && random_.below(3) > 0)) continue;
    has_settled = true;
    if (charge.method == pay::slowly_in_vain) {
      decline(charge, "insufficient_funds");
    } else {
      charge.status = Status::succeeded;
      report_charge(charge);
    }
  }
  for (Refund& refund : refunds_) {
    if (refund.status != Status::in_hand || (!all && random_.below(3) > 0)) continue;
    has_settled = true;
    const bool is_made = find_charge(refund.charge)->method != pay::refunded_in_vain;
    refund.status = is_made ? Status::succeeded : Status::failed;
    report_refund(refund, is_made ? "refund.updated" : "refund.failed");
  }
  return has_settled;
}

void CardBooks::report_charge(const Charge& charge) {
  const char* type = nullptr;
  switch (charge.status) {
    case Status::succeeded:
      type = "payment_intent.succeeded";
      break;
    case Status::in_hand:
      type = "payment_intent.processing";
      break;
    case Status::canceled:
      type = "payment_intent.canceled";
      break;
    case Status::unpaid:
      type = "payment_intent.payment_failed";
      break;
    case Status::wants_action:
    case Status::failed:
      return;
  }
  news_.push_back({.type = type, .object = shown(charge), .is_by_hand = false});
}

void CardBooks::report_refund(const Refund& refund, std::string type) {
  const bool is_by_hand = refund.key.empty();
  news_.push_back({.type = std::move(type), .object = shown(refund), .is_by_hand = is_by_hand});
  if (refund.status == Status::failed) return;
  news_.push_back({.type = "charge.refunded",
                   .object = charge_with_refunds(*find_charge(refund.charge)),
                   .is_by_hand = is_by_hand});
}

json CardBooks::charge_with_refunds(const Charge& charge) const {
  const std::int64_t back = paid_back(charge.id);
  json document = {
      {"object", "charge"},
      {"id", "ch_" + charge.id.substr(3)},
      {"payment_intent", charge.id},
      {"amount", charge.amount},
      {"amount_captured", charge.amount},
      {"amount_refunded", back},
      {"refunded", back == charge.amount},
      {"currency", charge.currency},
      {"metadata", {{"order_id", charge.order_id}, {"payment_id", charge.payment_id}}}};
  if (!lists_refunds_of_charge_) return document;
  document["refunds"] = {{"object", "list"}, {"data", json::array()}, {"has_more", false}};
  for (const Refund& refund : refunds_) {
    if (refund.charge == charge.id) document["refunds"]["data"].push_back(shown(refund));
  }
  return document;
}

std::vector<CardBooks::News> CardBooks::take_news() {
  return std::exchange(news_, {});
}

}  // namespace orderflow::simulation
