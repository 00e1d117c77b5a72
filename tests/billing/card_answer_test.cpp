#include "card/card_answer.hpp"
#include "card/card_amount.hpp"
#include "card/card_form.hpp"
#include "card/card_id.hpp"
#include "card/decline_codes.hpp"

#include <doctest/doctest.h>

namespace orderflow::billing {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using outbound::HttpAnswer;

const ExpectedCharge expected{.payment_id = "payment-1", .amount = 1999, .currency = "EUR"};
const ExpectedRefund expected_refund{
    .idempotency_key = "key-1", .charge_reference = "pi_1", .amount = 500, .currency = "EUR"};

json intent(const std::string& status) {
  return {{"object", "payment_intent"},
          {"id", "pi_1"},
          {"status", status},
          {"amount", 1999},
          {"amount_received", status == "succeeded" ? 1999 : 0},
          {"currency", "eur"},
          {"metadata", {{"payment_id", "payment-1"}, {"order_id", "order-1"}}},
          {"last_payment_error", nullptr},
          {"something", {{"new", json::array({1, 2})}}}};
}

json refund(const std::string& status) {
  return {{"object", "refund"},
          {"id", "re_1"},
          {"status", status},
          {"amount", 500},
          {"currency", "eur"},
          {"payment_intent", "pi_1"},
          {"metadata", {{"refund_key", "key-1"}}}};
}

HttpAnswer answer(unsigned status, const json& body) {
  return {.status = status, .headers = {}, .body = body.dump()};
}

HttpAnswer error(unsigned status, const json& members) {
  return answer(status, {{"error", members}});
}

ChargeAnswer charged(const json& body) {
  return charge_answer(answer(200, body), expected);
}

std::string declined(const HttpAnswer& answer) {
  const ChargeAnswer result = charge_answer(answer, expected);
  REQUIRE(std::holds_alternative<Declined>(result));
  return std::get<Declined>(result).code;
}

std::string declined_by_card(const std::string& decline_code) {
  return declined(error(
      402, {{"type", "card_error"}, {"code", "card_declined"}, {"decline_code", decline_code}}));
}

}  // namespace

TEST_CASE("a charge that succeeded is approved, whatever else the answer contains") {
  const ChargeAnswer result = charged(intent("succeeded"));
  REQUIRE(std::holds_alternative<Approved>(result));
  CHECK(std::get<Approved>(result).reference == "pi_1");
}

TEST_CASE("a charge that is processing is neither approved nor declined") {
  const ChargeAnswer result = charged(intent("processing"));
  REQUIRE(std::holds_alternative<Pending>(result));
  CHECK(std::get<Pending>(result).reference == "pi_1");
}

TEST_CASE("a charge that waits for its buyer is to be canceled") {
  for (const char* status : {"requires_action", "requires_payment_method"}) {
    CAPTURE(status);
    const ChargeAnswer result = charged(intent(status));
    REQUIRE(std::holds_alternative<Unfinished>(result));
    CHECK(std::get<Unfinished>(result).code == "authentication_required");
  }
  json failed = intent("requires_payment_method");
  failed["last_payment_error"] = {{"code", "card_declined"},
                                  {"decline_code", "insufficient_funds"}};
  CHECK(std::get<Unfinished>(charged(failed)).code == "insufficient_funds");
}

TEST_CASE("an answer that is no whole charge of ours is never a success") {
  CHECK_THROWS_AS(charge_answer({.status = 200, .headers = {}, .body = R"({"id": "pi_)"}, expected),
                  GatewayError);
  CHECK_THROWS_AS(charge_answer({.status = 200, .headers = {}, .body = ""}, expected),
                  GatewayError);
  CHECK_THROWS_AS(charged(json::array()), GatewayError);
  for (const char* member : {"object", "id", "status", "amount", "currency"}) {
    CAPTURE(member);
    json lacking = intent("succeeded");
    lacking.erase(member);
    CHECK_THROWS_AS(charged(lacking), GatewayError);
  }
  json fraction = intent("succeeded");
  fraction["amount"] = 19.99;
  CHECK_THROWS_AS(charged(fraction), GatewayError);
  CHECK_THROWS_AS(charged(intent("a new state")), GatewayError);
}

TEST_CASE("a name of the gateway's is of letters, digits and dashes, or it is none") {
  for (const char* text : {"pi_3MtwBwLkdIwHu7ix28a3tqPa", "re-1", "7"}) {
    CAPTURE(text);
    REQUIRE(CardId::parse(text));
    CHECK(CardId::parse(text)->text() == text);
  }
  CHECK(CardId::parse(std::string(255, 'a')));
  for (const std::string& text :
       {std::string(), std::string(256, 'a'), std::string("../../../evil?x="), std::string("pi_1/"),
        std::string("pi%2e"), std::string("pi 1"), std::string("pi_\n1"), std::string("pi_\0", 4),
        std::string("pi_ä"), std::string("pi.1"), std::string("#")}) {
    CAPTURE(text);
    CHECK_FALSE(CardId::parse(text));
  }
  CHECK(path_of("/v1/payment_intents", *CardId::parse("pi_1"), "cancel") ==
        "/v1/payment_intents/pi_1/cancel");
  CHECK(path_of("/v1/refunds", *CardId::parse("re_1")) == "/v1/refunds/re_1");
}

TEST_CASE("an answer with a name that is none is read as no answer, whatever it is about") {
  const char* evil = "../../../evil?x=";
  for (const char* status : {"succeeded", "processing", "requires_action", "canceled"}) {
    CAPTURE(status);
    json charge = intent(status);
    charge["id"] = evil;
    CHECK_THROWS_AS(charged(charge), GatewayError);
    CHECK_THROWS_AS(cancel_answer(answer(200, charge), expected, "code"), GatewayError);
    const HttpAnswer refused =
        error(400, {{"code", "payment_intent_unexpected_state"}, {"payment_intent", charge}});
    CHECK_THROWS_AS(cancel_answer(refused, expected, "code"), GatewayError);
  }
  for (const char* member : {"id", "payment_intent"}) {
    CAPTURE(member);
    json changed = refund("pending");
    changed[member] = evil;
    CHECK_THROWS_AS(refund_answer(answer(200, changed), expected_refund), GatewayError);
    const json page = {{"data", json::array({changed})}, {"has_more", false}};
    CHECK_FALSE(read_refunds(page));
  }
}

TEST_CASE("an answer whose members are of other types is an answer that cannot be read") {
  for (const json& body : {json("text"), json(7), json(nullptr), json::array({1})}) {
    CAPTURE(body.dump());
    CHECK_THROWS_AS(cancel_answer(answer(200, body), expected, "code"), GatewayError);
    CHECK_THROWS_AS(cancel_answer(answer(400, body), expected, "code"), GatewayRefusal);
    const HttpAnswer refused =
        error(400, {{"code", "payment_intent_unexpected_state"}, {"payment_intent", body}});
    CHECK_THROWS_AS(cancel_answer(refused, expected, "code"), GatewayError);
  }
}

TEST_CASE("a charge of another payment, amount or currency is for a person to look at") {
  const auto with = [](const json& changes) {
    json changed = intent("succeeded");
    changed.merge_patch(changes);
    return changed;
  };
  CHECK_THROWS_AS(charged(with({{"amount", 1998}})), GatewayRefusal);
  CHECK_THROWS_AS(charged(with({{"amount_received", 1998}})), GatewayRefusal);
  CHECK_THROWS_AS(charged(with({{"currency", "usd"}})), GatewayRefusal);
  CHECK_THROWS_AS(charged(with({{"metadata", {{"payment_id", "payment-2"}}}})), GatewayRefusal);
}

TEST_CASE("a declined card has a code of ours, which never reveals a suspicion") {
  CHECK(declined_by_card("insufficient_funds") == "insufficient_funds");
  CHECK(declined_by_card("expired_card") == "expired_card");
  CHECK(declined_by_card("incorrect_cvc") == "incorrect_cvc");
  CHECK(declined_by_card("authentication_required") == "authentication_required");
  CHECK(declined_by_card("withdrawal_count_limit_exceeded") == "limit_exceeded");
  CHECK(declined_by_card("issuer_not_available") == "try_again_later");
  for (const char* code : {"fraudulent", "stolen_card", "lost_card", "pickup_card", "do_not_honor",
                           "generic_decline", "a new code", ""}) {
    CAPTURE(code);
    CHECK(declined_by_card(code) == "card_declined");
  }
  CHECK(declined(error(402, {{"type", "card_error"}, {"code", "expired_card"}})) == "expired_card");
}

TEST_CASE("a mistake in the order's own data declines it with a code that names the mistake") {
  const auto code_for = [](const std::string& code, const std::string& param) {
    return declined(
        error(400, {{"type", "invalid_request_error"}, {"code", code}, {"param", param}}));
  };
  CHECK(code_for("amount_too_small", "amount") == "amount_too_small");
  CHECK(code_for("amount_too_large", "amount") == "amount_too_large");
  CHECK(code_for("parameter_invalid_integer", "amount") == "amount_not_accepted");
  CHECK(code_for("resource_missing", "payment_method") == "payment_method_invalid");
  CHECK(code_for("resource_missing", "customer") == "payment_method_invalid");
  CHECK(code_for("", "currency") == "currency_not_supported");
  CHECK(code_for("", "amount") == "amount_not_accepted");
  CHECK(code_for("charge_exceeds_transaction_limit", "") == "limit_exceeded");
  // A card's own error is a decline, whatever the status it comes with.
  CHECK(declined(error(400, {{"type", "card_error"}, {"code", "expired_card"}})) == "expired_card");
}

TEST_CASE("a key that was used with other parameters is to be looked up") {
  const HttpAnswer reply = error(400, {{"type", "idempotency_error"}});
  CHECK(std::holds_alternative<KeyConflict>(charge_answer(reply, expected)));
  CHECK(std::holds_alternative<RefundKeyTaken>(refund_answer(reply, expected_refund)));
}

TEST_CASE("a request that the gateway can never fulfil is for a person to look at") {
  CHECK_THROWS_AS(charge_answer(error(400, {{"type", "invalid_request_error"},
                                            {"code", "parameter_unknown"},
                                            {"param", "confirm"}}),
                                expected),
                  GatewayRefusal);
  CHECK_THROWS_AS(charge_answer({.status = 400, .headers = {}, .body = "<html>"}, expected),
                  GatewayRefusal);
  CHECK_THROWS_AS(charge_answer(error(402, {{"type", "a new one"}}), expected), GatewayRefusal);
}

TEST_CASE("what the buyer typed does not get into an error") {
  const HttpAnswer reply =
      error(400, {{"type", "api_error"}, {"message", "4242 4242 4242 4242 is wrong"}});
  CHECK_THROWS_WITH(charge_answer(reply, expected),
                    "the gateway refuses the request: status 400 api_error");
}

TEST_CASE("a gateway in trouble is distinguished from a request that is refused") {
  for (const unsigned status : {500U, 502U, 503U, 504U, 599U}) {
    CAPTURE(status);
    const auto trouble = peer_trouble({.status = status, .headers = {}, .body = ""});
    REQUIRE(trouble);
    CHECK_FALSE(trouble->is_configuration);
  }
  for (const unsigned status : {101U, 301U, 401U, 403U, 404U}) {
    CAPTURE(status);
    const auto trouble = peer_trouble({.status = status, .headers = {}, .body = "<html>"});
    REQUIRE(trouble);
    CHECK(trouble->is_configuration);
  }
  CHECK_FALSE(peer_trouble(error(404, {{"code", "resource_missing"}})));
  for (const unsigned status : {200U, 400U, 402U, 409U, 429U})
    CHECK_FALSE(peer_trouble({.status = status, .headers = {}, .body = ""}));
}

TEST_CASE("a gateway with too much to do may name when it wants to be asked again") {
  const core::Timestamp now{std::chrono::seconds(1'000'000)};
  HttpAnswer busy{.status = 429, .headers = {{"retry-after", "7"}}, .body = ""};
  REQUIRE(throttled(busy, now));
  CHECK(throttled(busy, now)->not_before == now + 7s);
  busy.headers.clear();
  REQUIRE(throttled(busy, now));
  CHECK_FALSE(throttled(busy, now)->not_before);
  for (const unsigned status : {200U, 402U, 409U, 425U, 503U})
    CHECK_FALSE(throttled({.status = status, .headers = {}, .body = ""}, now));
}

TEST_CASE("a lock that another request holds keeps this request waiting, and no other") {
  const core::Timestamp now{std::chrono::seconds(1'000'000)};
  const HttpAnswer locked = error(429, {{"code", "lock_timeout"}});
  CHECK_FALSE(throttled(locked, now));
  try {
    require_answer(locked, now);
    FAIL("no error");
  } catch (const GatewayUnavailable& e) {
    CHECK(e.concerns() == GatewayUnavailable::Concerns::this_request);
    CHECK_FALSE(e.not_before());
  }
}

TEST_CASE("a request that the gateway is not ready for is repeated") {
  const core::Timestamp now{std::chrono::seconds(1'000'000)};
  for (const unsigned status : {409U, 425U})
    CHECK_THROWS_AS(require_answer({.status = status, .headers = {}, .body = ""}, now),
                    GatewayError);
  CHECK_NOTHROW(require_answer({.status = 402, .headers = {}, .body = ""}, now));
}

TEST_CASE("a canceled charge was declined, and one that was paid meanwhile was not") {
  CHECK(std::get<Declined>(cancel_answer(answer(200, intent("canceled")), expected, "code")).code ==
        "code");
  const auto unexpected = [](const std::string& status) {
    return error(400, {{"type", "invalid_request_error"},
                       {"code", "payment_intent_unexpected_state"},
                       {"payment_intent", intent(status)}});
  };
  CHECK(std::holds_alternative<Approved>(cancel_answer(unexpected("succeeded"), expected, "code")));
  CHECK(std::holds_alternative<Pending>(cancel_answer(unexpected("processing"), expected, "code")));
  CHECK(std::holds_alternative<Declined>(cancel_answer(unexpected("canceled"), expected, "code")));
  CHECK_THROWS_AS(cancel_answer(error(400, {{"code", "other"}}), expected, "code"), GatewayRefusal);
  CHECK_THROWS_AS(cancel_answer({.status = 200, .headers = {}, .body = "{"}, expected, "code"),
                  GatewayError);
}

TEST_CASE("a refund is made, pending or refused, and nothing else is taken for one") {
  const auto answer_to = [](const json& body) {
    return refund_answer(answer(200, body), expected_refund);
  };
  CHECK(std::get<RefundMade>(answer_to(refund("succeeded"))).reference == "re_1");
  CHECK(std::get<RefundPending>(answer_to(refund("pending"))).reference == "re_1");
  json failed = refund("failed");
  failed["failure_reason"] = "lost_or_stolen_card";
  CHECK(std::get<RefundRefused>(answer_to(failed)).code == "lost_or_stolen_card");
  CHECK(std::get<RefundRefused>(answer_to(refund("canceled"))).code == "canceled");
  CHECK_THROWS_AS(answer_to(refund("a new state")), GatewayError);
  json other = refund("succeeded");
  other["amount"] = 501;
  CHECK_THROWS_AS(answer_to(other), GatewayRefusal);
  other = refund("succeeded");
  other["metadata"]["refund_key"] = "key-2";
  CHECK_THROWS_AS(answer_to(other), GatewayRefusal);

  const HttpAnswer refused =
      error(400, {{"type", "invalid_request_error"}, {"code", "charge_already_refunded"}});
  CHECK(std::get<RefundRefused>(refund_answer(refused, expected_refund)).code ==
        "charge_already_refunded");
}

TEST_CASE("a refund is refused where the gateway's error is about its payment, code or no code") {
  const auto code_for = [](const json& members) {
    const RefundResult result = refund_answer(error(400, members), expected_refund);
    REQUIRE(std::holds_alternative<RefundRefused>(result));
    return std::get<RefundRefused>(result).code;
  };
  const char* const invalid = "invalid_request_error";
  CHECK(code_for({{"type", invalid}, {"param", "amount"}}) == "amount_not_accepted");
  CHECK(code_for({{"type", invalid}, {"param", "charge"}}) == "charge_not_refundable");
  CHECK(code_for({{"type", invalid}, {"param", "payment_intent"}, {"code", "resource_missing"}}) ==
        "charge_not_refundable");
  CHECK(code_for({{"type", invalid}, {"param", "currency"}}) == "currency_not_supported");
  CHECK(code_for({{"type", invalid}, {"code", "charge_disputed"}}) == "charge_not_refundable");
  CHECK(code_for({{"type", "card_error"}, {"code", "card_declined"}}) == "card_declined");
}

TEST_CASE("a refund is not refused by an error that every request would get") {
  for (const json& members :
       {json{{"type", "invalid_request_error"}},
        json{{"type", "invalid_request_error"}, {"code", "parameter_unknown"}, {"param", "amount"}},
        json{{"type", "invalid_request_error"}, {"param", "metadata"}},
        json{{"type", "invalid_request_error"}, {"param", "Stripe-Version"}},
        json{{"type", "api_error"}, {"param", "amount"}}, json::object()}) {
    CAPTURE(members.dump());
    CHECK_THROWS_AS(refund_answer(error(400, members), expected_refund), GatewayRefusal);
  }
  CHECK_THROWS_AS(refund_answer({.status = 400, .headers = {}, .body = "<html>"}, expected_refund),
                  GatewayRefusal);
}

TEST_CASE("a list in which one object cannot be read is not read at all") {
  const json page = {{"object", "search_result"},
                     {"data", json::array({intent("succeeded"), {{"object", "payment_intent"}}})},
                     {"has_more", false}};
  CHECK_FALSE(read_intents(page));
  const json whole = {
      {"data", json::array({intent("succeeded")})}, {"has_more", true}, {"next_page", "page-2"}};
  const auto read = read_intents(whole);
  REQUIRE(read);
  CHECK(read->objects.size() == 1);
  CHECK(read->has_more);
  CHECK(read->next_page == "page-2");
  CHECK_FALSE(read_intents(json::object()));
}

TEST_CASE("a form escapes all that could be mistaken") {
  CardForm form;
  form.add("amount", 1999).add("metadata[order_id]", "a&b=c d+\xc3\xa9");
  CHECK(form.text() == "amount=1999&metadata%5Border_id%5D=a%26b%3Dc+d%2B%C3%A9");
}

TEST_CASE("amounts are counted as the gateway does") {
  const auto counted = [](std::int64_t amount, const char* code) {
    return card_amount({amount, *core::Currency::parse(code)});
  };
  CHECK(counted(1999, "EUR") == 1999);
  CHECK(counted(500, "JPY") == 500);
  CHECK(counted(5, "ISK") == 500);
  CHECK(counted(5, "UGX") == 500);
  CHECK(counted(300, "MGA") == 3);
  CHECK_FALSE(counted(301, "MGA"));
  CHECK(counted(5120, "KWD") == 5120);
  CHECK_FALSE(counted(5124, "KWD"));
  CHECK_FALSE(counted(INT64_MAX, "ISK"));
}

TEST_CASE("of an amount that the gateway cannot hold, the largest part that it can is known") {
  const auto part = [](std::int64_t amount, const char* code) {
    return card_representable({amount, *core::Currency::parse(code)});
  };
  CHECK(part(1999, "EUR") == 1999);
  CHECK(part(1234, "KWD") == 1230);
  CHECK(part(9, "KWD") == 0);
  CHECK(part(250, "MGA") == 200);
  CHECK(part(5, "ISK") == 5);
  CHECK(part(INT64_MAX, "ISK") == INT64_MAX / 100);
  CHECK(part(0, "EUR") == 0);
}

TEST_CASE("what the gateway counts is read back as it was meant") {
  for (const auto& each : {std::pair{1999, "EUR"},
                           {500, "JPY"},
                           {5, "ISK"},
                           {5, "UGX"},
                           {300, "MGA"},
                           {5120, "KWD"},
                           {0, "EUR"}}) {
    const char* const code = each.second;
    CAPTURE(code);
    const core::Money money{each.first, *core::Currency::parse(code)};
    CHECK(money_of_card(card_amount(money).value(), code) == money);
  }
  CHECK_FALSE(money_of_card(550, "ISK"));
  CHECK_FALSE(money_of_card(5124, "KWD"));
  CHECK_FALSE(money_of_card(INT64_MAX, "MGA"));
  CHECK_FALSE(money_of_card(1999, "ABC"));
  CHECK_FALSE(money_of_card(1999, ""));
  CHECK_FALSE(money_of_card(-1, "EUR"));
}

}  // namespace orderflow::billing
