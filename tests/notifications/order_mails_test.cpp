#include "order_mails.hpp"
#include "sample_events.hpp"

#include <doctest/doctest.h>

namespace orderflow::notifications {
namespace {

using billing::OrderResult;

constexpr auto results = {OrderResult::processed, OrderResult::canceled_fraud,
                          OrderResult::payment_declined, OrderResult::canceled};

const OrderMails& mails() {
  static const OrderMails one("Corner & Co", embedded_templates());
  return one;
}

MailBody confirmation_of(const orders::OrderCreated& order) {
  return mails().confirmation(order, core::from_micros(1'700'000'000'000'000));
}

void check_says(const MailBody& body, const std::string& words) {
  CAPTURE(words);
  CHECK(body.text.find(words) != std::string::npos);
  CHECK(body.html.find(words) != std::string::npos);
}

void check_is_silent_about(const MailBody& body, const std::string& words) {
  CAPTURE(words);
  CHECK(body.text.find(words) == std::string::npos);
  CHECK(body.html.find(words) == std::string::npos);
}

}  // namespace

TEST_CASE("a confirmation shows the order, its lines and its total") {
  const MailBody body = confirmation_of(sample_order());
  for (const char* words : {"01900000-0000-7000-8000-000000000001", "2023-11-14 22:13 UTC", "Book",
                            "book-1", "19.99 EUR", "39.98 EUR", "4.50 EUR", "44.48 EUR"}) {
    check_says(body, words);
  }
  CHECK(body.text.find("  2 x Book (book-1)\n      19.99 EUR each, together 39.98 EUR\n") !=
        std::string::npos);
}

TEST_CASE("a line without a name shows its product") {
  const MailBody body = confirmation_of(sample_order());
  CHECK(body.text.find("1 x pen\n") != std::string::npos);
  CHECK(body.text.find("(pen)") == std::string::npos);
  CHECK(body.html.find(">pen<span") != std::string::npos);
  CHECK(body.html.find(">pen</span>") == std::string::npos);
}

TEST_CASE("the text of a mail fits an 80 column screen") {
  const MailBody body = confirmation_of(sample_order());
  std::size_t begin = 0;
  for (std::size_t end; (end = body.text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    CHECK(end - begin <= 80);
  }
}

TEST_CASE("names of the shop and of products are text and nothing else") {
  auto order = sample_order();
  order.items[0].name = "<script>alert('1')</script> & {{total}}\r\nTotal: 0.00 EUR";
  const MailBody body = confirmation_of(order);
  CHECK(body.html.find("<script") == std::string::npos);
  CHECK(body.html.find("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; {{total}}") !=
        std::string::npos);
  CHECK(body.html.find("Corner &amp; Co") != std::string::npos);
  CHECK(body.text.find("\nTotal: 0.00 EUR") == std::string::npos);
  CHECK(body.text.find("Corner & Co") != std::string::npos);
}

TEST_CASE("products of any script are shown as they are") {
  auto order = sample_order();
  order.items[0].name = "Žluťoučký 书 🛒";
  check_says(confirmation_of(order), "Žluťoučký 书 🛒");
}

TEST_CASE("amounts follow their currency") {
  auto order = sample_order();
  order.currency = "JPY";
  check_says(confirmation_of(order), "3998 JPY");
  order.currency = "KWD";
  check_says(confirmation_of(order), "3.998 KWD");
  order.currency = "ZZZ";
  check_says(confirmation_of(order), "3998 ZZZ (minor unit)");
}

TEST_CASE("each outcome has its words, and the others' are not there") {
  const MailBody paid = mails().outcome(sample_outcome(OrderResult::processed));
  const MailBody refused = mails().outcome(sample_outcome(OrderResult::canceled_fraud));
  const MailBody declined = mails().outcome(sample_outcome(OrderResult::payment_declined));
  check_says(paid, "order is confirmed and paid");
  check_is_silent_about(paid, "sorry");
  check_is_silent_about(paid, "nothing was charged");
  check_says(refused, "could not be accepted");
  check_says(refused, "44.48 EUR");
  check_is_silent_about(refused, "declined");
  check_is_silent_about(refused, "is confirmed");
  check_says(declined, "was declined");
  check_is_silent_about(declined, "could not be accepted");
  check_is_silent_about(declined, "is confirmed");
  const MailBody canceled = mails().outcome(sample_outcome(OrderResult::canceled));
  check_says(canceled, "order is canceled");
  check_says(canceled, "nothing was charged");
  check_is_silent_about(canceled, "sorry");
  check_is_silent_about(canceled, "money");
}

TEST_CASE("a refund names the order and the amount, and speaks of no other outcome") {
  const MailBody refund = mails().refund(sample_refund());
  check_says(refund, order_id(1));
  check_says(refund, "44.48 EUR");
  check_says(refund, "on its way back");
  check_is_silent_about(refund, "nothing was charged");
  check_is_silent_about(refund, "is confirmed");
  CHECK(OrderMails::refund_subject(sample_refund()) == "Your refund for order " + order_id(1));
}

TEST_CASE("a partial refund has words of its own: the order stands") {
  auto part = sample_refund();
  part.amount = 500;
  part.remaining_amount = 3948;
  const MailBody refund = mails().refund(part);
  check_says(refund, order_id(1));
  check_says(refund, "5.00 EUR");
  check_says(refund, "order stands");
  check_says(refund, "on its way back");
  check_is_silent_about(refund, "canceled");
  check_is_silent_about(refund, "closed");
  CHECK(OrderMails::refund_subject(part) == "A partial refund for order " + order_id(1));
  check_is_silent_about(mails().refund(sample_refund()), "order stands");
}

TEST_CASE("no mail tells an internal reason") {
  for (const OrderResult result : results) {
    auto outcome = sample_outcome(result);
    outcome.reasons = {"order_rate_above_limit", "user_blocked"};
    const MailBody body = mails().outcome(outcome);
    for (const char* words : {"order_rate_above_limit", "user_blocked", "fraud", "FRAUD"}) {
      check_is_silent_about(body, words);
      CHECK(OrderMails::outcome_subject(outcome).find(words) == std::string::npos);
    }
  }
}

TEST_CASE("subjects name the order and what became of it") {
  const std::string id = order_id(1);
  CHECK(OrderMails::confirmation_subject(sample_order()) == "We have received your order " + id);
  CHECK(OrderMails::outcome_subject(sample_outcome(OrderResult::processed)) ==
        "Your order " + id + " is confirmed");
  CHECK(OrderMails::outcome_subject(sample_outcome(OrderResult::canceled_fraud)) ==
        "Your order " + id + " could not be accepted");
  CHECK(OrderMails::outcome_subject(sample_outcome(OrderResult::payment_declined)) ==
        "Payment declined for order " + id);
  CHECK(OrderMails::outcome_subject(sample_outcome(OrderResult::canceled)) ==
        "Your order " + id + " is canceled");
}

TEST_CASE("a missing or unsound template stops the start") {
  CHECK_THROWS_WITH_AS(OrderMails("shop", {}), "there is no template order_confirmation.txt",
                       TemplateError);
  auto templates = embedded_templates();
  for (auto& one : templates) {
    if (one.name == "order_outcome.html") one.text = "{{reasons}}";
  }
  CHECK_THROWS_WITH_AS(OrderMails("shop", templates),
                       "order_outcome.html:1: unknown name {{reasons}}", TemplateError);
}

}  // namespace orderflow::notifications
