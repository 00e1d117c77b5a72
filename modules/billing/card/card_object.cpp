#include "card/card_object.hpp"

#include "card/card_id.hpp"
#include "core/readable_line.hpp"

#include <algorithm>

namespace orderflow::billing {
namespace {

using nlohmann::json;

constexpr std::size_t word_length_max = 64;

const json* member(const json& document, std::string_view name) {
  if (!document.is_object()) return nullptr;
  const auto found = document.find(name);
  return found == document.end() ? nullptr : &*found;
}

std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

/// A name of the gateway's, nothing where there is none or it is no name at all.
std::optional<std::string> id_at(const json& document, std::string_view name) {
  const auto id = CardId::parse(text_at(document, {name}));
  if (!id) return std::nullopt;
  return id->text();
}

/// The same where it may be missing or null: then it is empty.
std::optional<std::string> optional_id_at(const json& document, std::string_view name) {
  const json* value = member(document, name);
  return value == nullptr || value->is_null() ? std::string{} : id_at(document, name);
}

bool is_a(const json& document, std::string_view object) {
  return text_at(document, {"object"}) == object;
}

template <class Object, class Read>
std::optional<CardPage<Object>> read_page(const json& document, const Read& read) {
  const json* data = member(document, "data");
  const json* has_more = member(document, "has_more");
  if (data == nullptr || !data->is_array() || has_more == nullptr || !has_more->is_boolean()) {
    return std::nullopt;
  }
  CardPage<Object> page{.objects = {},
                        .has_more = has_more->get<bool>(),
                        .next_page = text_at(document, {"next_page"})};
  for (const json& each : *data) {
    auto object = read(each);
    if (!object) return std::nullopt;
    page.objects.push_back(std::move(*object));
  }
  return page;
}

}  // namespace

std::optional<std::int64_t> whole_number_at(const json& document, std::string_view name) {
  const json* value = member(document, name);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  return value->get<std::int64_t>();
}

std::string word_of(const std::string& text) {
  return core::peer_text(text, word_length_max);
}

const json& object_at(const json& document, std::initializer_list<std::string_view> path) {
  static const json nothing;
  const json* value = &document;
  for (const std::string_view name : path) {
    value = member(*value, name);
    if (value == nullptr) return nothing;
  }
  return *value;
}

std::string text_at(const json& document, std::initializer_list<std::string_view> path) {
  const json& value = object_at(document, path);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::optional<CardIntent> read_intent(const json& document) {
  const auto id = id_at(document, "id");
  const auto amount = whole_number_at(document, "amount");
  if (!is_a(document, "payment_intent") || !id || !amount) return std::nullopt;
  CardIntent intent{.id = *id,
                    .status = text_at(document, {"status"}),
                    .amount = *amount,
                    .amount_received = whole_number_at(document, "amount_received").value_or(0),
                    .currency = in_capitals(text_at(document, {"currency"})),
                    .payment_id = text_at(document, {"metadata", "payment_id"}),
                    .error_code = text_at(document, {"last_payment_error", "decline_code"})};
  if (intent.error_code.empty()) {
    intent.error_code = text_at(document, {"last_payment_error", "code"});
  }
  if (intent.status.empty() || intent.currency.empty()) return std::nullopt;
  return intent;
}

std::optional<CardRefund> read_refund(const json& document) {
  const auto id = id_at(document, "id");
  const auto intent = optional_id_at(document, "payment_intent");
  const auto amount = whole_number_at(document, "amount");
  if (!is_a(document, "refund") || !id || !intent || !amount) return std::nullopt;
  CardRefund refund{.id = *id,
                    .status = text_at(document, {"status"}),
                    .amount = *amount,
                    .currency = in_capitals(text_at(document, {"currency"})),
                    .intent = *intent,
                    .payment_id = text_at(document, {"metadata", "payment_id"}),
                    .refund_key = text_at(document, {"metadata", "refund_key"}),
                    .failure_reason = text_at(document, {"failure_reason"}),
                    .reason = word_of(text_at(document, {"reason"}))};
  if (refund.status.empty() || refund.currency.empty()) return std::nullopt;
  return refund;
}

std::optional<CardCharge> read_charge(const json& document) {
  const auto id = id_at(document, "id");
  const auto intent = optional_id_at(document, "payment_intent");
  if (!is_a(document, "charge") || !id || !intent) return std::nullopt;
  return CardCharge{
      .id = *id, .intent = *intent, .payment_id = text_at(document, {"metadata", "payment_id"})};
}

std::optional<CardDispute> read_dispute(const json& document) {
  const auto id = id_at(document, "id");
  const auto intent = optional_id_at(document, "payment_intent");
  const auto amount = whole_number_at(document, "amount");
  if (!is_a(document, "dispute") || !id || !intent || !amount) return std::nullopt;
  CardDispute dispute{.id = *id,
                      .intent = *intent,
                      .amount = *amount,
                      .currency = in_capitals(text_at(document, {"currency"})),
                      .status = word_of(text_at(document, {"status"})),
                      .reason = word_of(text_at(document, {"reason"}))};
  if (dispute.status.empty() || dispute.currency.empty()) return std::nullopt;
  return dispute;
}

CardError read_error(const json& document) {
  const auto part = [&](std::string_view name) { return text_at(document, {"error", name}); };
  return {.type = part("type"),
          .code = part("code"),
          .decline_code = part("decline_code"),
          .param = part("param"),
          .message = part("message")};
}

std::optional<CardPage<CardIntent>> read_intents(const json& document) {
  return read_page<CardIntent>(document, read_intent);
}

std::optional<CardPage<CardRefund>> read_refunds(const json& document) {
  return read_page<CardRefund>(document, read_refund);
}

}  // namespace orderflow::billing
