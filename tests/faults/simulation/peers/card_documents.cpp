#include "faults/simulation/peers/card_documents.hpp"

#include <algorithm>
#include <utility>

namespace orderflow::simulation {
namespace {

using nlohmann::json;
using outbound::HttpAnswer;
using Status = CardBooks::Status;

constexpr std::size_t page_length = 2;

const char* charge_status(Status status) {
  switch (status) {
    case Status::succeeded:
      return "succeeded";
    case Status::in_hand:
      return "processing";
    case Status::wants_action:
      return "requires_action";
    case Status::canceled:
      return "canceled";
    case Status::unpaid:
    case Status::failed:
      break;
  }
  return "requires_payment_method";
}

const char* refund_status(Status status) {
  if (status == Status::succeeded) return "succeeded";
  return status == Status::in_hand ? "pending" : "failed";
}

}  // namespace

json shown(const CardBooks::Charge& charge) {
  const bool is_paid = charge.status == Status::succeeded;
  json document = {{"object", "payment_intent"},
                   {"id", charge.id},
                   {"status", charge_status(charge.status)},
                   {"amount", charge.amount},
                   {"amount_received", is_paid ? charge.amount : 0},
                   {"currency", charge.currency},
                   {"metadata", {{"order_id", charge.order_id}, {"payment_id", charge.payment_id}}},
                   {"last_payment_error", nullptr}};
  if (!charge.decline_code.empty()) {
    document["last_payment_error"] = {
        {"type", "card_error"}, {"code", "card_declined"}, {"decline_code", charge.decline_code}};
  }
  return document;
}

json shown(const CardBooks::Refund& refund) {
  json document = {{"object", "refund"},
                   {"id", refund.id},
                   {"status", refund_status(refund.status)},
                   {"amount", refund.amount},
                   {"currency", refund.currency},
                   {"payment_intent", refund.charge},
                   {"metadata", json::object()}};
  if (!refund.key.empty()) {
    document["metadata"] = {{"order_id", refund.order_id},
                            {"payment_id", refund.payment_id},
                            {"refund_key", refund.key}};
  }
  if (refund.status == Status::failed) document["failure_reason"] = "expired_or_canceled_card";
  return document;
}

json page(const char* kind, const std::vector<json>& found, std::size_t from) {
  const std::size_t end = std::min(found.size(), from + page_length);
  json document = {{"object", kind},
                   {"data", json::array()},
                   {"has_more", end < found.size()},
                   {"next_page", nullptr}};
  for (std::size_t i = from; i < end; ++i)
    document["data"].push_back(found[i]);
  if (end < found.size()) document["next_page"] = std::to_string(end);
  return document;
}

HttpAnswer answer(unsigned status, const json& document) {
  return {.status = status, .headers = {}, .body = document.dump()};
}

HttpAnswer error(unsigned status, std::string_view type, json more) {
  json members = {{"type", type}, {"message", "words for people"}};
  members.update(more.is_object() ? more : json::object());
  return answer(status, {{"error", std::move(members)}});
}

HttpAnswer no_such(const char* param) {
  return error(404, "invalid_request_error", {{"code", "resource_missing"}, {"param", param}});
}

}  // namespace orderflow::simulation
