#include "composing/order_mails.hpp"
#include "sample_events.hpp"
#include "support/typed_values.hpp"

#include <doctest/doctest.h>

namespace orderflow::notifications {
namespace {

using billing::OrderResult;

constexpr auto results = {OrderResult::processed, OrderResult::canceled_fraud,
                          OrderResult::payment_declined, OrderResult::canceled};

const OrderMails& mails() {
  static const MailTemplates templates(find_templates({}), "en");
  static const OrderMails one("Corner & Co", templates);
  return one;
}

OrderNews news(const orders::OrderCreated& order, std::string_view language = "en") {
  return news_of(order, core::from_micros(1'700'000'000'000'000), language);
}

MailText confirmation_of(const orders::OrderCreated& order, std::string_view language = "en") {
  return mails().compose(news(order, language), language, {});
}

template <class Outcome>
MailText mail_of(const Outcome& outcome, std::string_view language = "en") {
  return mails().compose(news_of(outcome, language), language, {});
}

void check_text(const MailText& body, const std::string& words) {
  CAPTURE(words);
  CHECK(body.text.find(words) != std::string::npos);
  CHECK(body.html.find(words) != std::string::npos);
}

void check_is_silent_about(const MailText& body, const std::string& words) {
  CAPTURE(words);
  CHECK(body.text.find(words) == std::string::npos);
  CHECK(body.html.find(words) == std::string::npos);
}

}  // namespace

TEST_CASE("a confirmation shows the order, its lines and its total") {
  const MailText body = confirmation_of(sample_order());
  for (const char* words : {"01900000-0000-7000-8000-000000000001", "2023-11-14 22:13 UTC", "Book",
                            "book-1", "19.99 EUR", "39.98 EUR", "4.50 EUR", "44.48 EUR"}) {
    check_text(body, words);
  }
  CHECK(body.text.find("  2 x Book (book-1)\n      19.99 EUR each, together 39.98 EUR\n") !=
        std::string::npos);
}

TEST_CASE("a line without a name shows its product") {
  const MailText body = confirmation_of(sample_order());
  CHECK(body.text.find("1 x pen\n") != std::string::npos);
  CHECK(body.text.find("(pen)") == std::string::npos);
  CHECK(body.html.find(">pen<span") != std::string::npos);
  CHECK(body.html.find(">pen</span>") == std::string::npos);
}

TEST_CASE("the text of a mail fits an 80 column screen") {
  const MailText body = confirmation_of(sample_order());
  std::size_t begin = 0;
  for (std::size_t end; (end = body.text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    CHECK(end - begin <= 80);
  }
}

TEST_CASE("names of the shop and of products are text and nothing else") {
  auto order = sample_order();
  order.order.items[0].name = "<script>alert('1')</script> & {{total}}\r\nTotal: 0.00 EUR";
  const MailText body = confirmation_of(order);
  CHECK(body.html.find("<script") == std::string::npos);
  CHECK(body.html.find("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; {{total}}") !=
        std::string::npos);
  CHECK(body.html.find("Corner &amp; Co") != std::string::npos);
  CHECK(body.text.find("\nTotal: 0.00 EUR") == std::string::npos);
  CHECK(body.text.find("Corner & Co") != std::string::npos);
}

TEST_CASE("products of any script are shown as they are") {
  auto order = sample_order();
  order.order.items[0].name = "Žluťoučký 书 🛒";
  check_text(confirmation_of(order), "Žluťoučký 书 🛒");
}

TEST_CASE("amounts follow their currency") {
  auto order = sample_order();
  order.order.total = test::money(4448, "JPY");
  check_text(confirmation_of(order), "3998 JPY");
  order.order.total = test::money(4448, "KWD");
  check_text(confirmation_of(order), "3.998 KWD");
  order.order.total = test::money(4448, "ZZZ");
  check_text(confirmation_of(order), "3998 ZZZ (minor unit)");
}

TEST_CASE("each outcome has its own text, and none of the others'") {
  const MailText paid = mail_of(sample_outcome(OrderResult::processed));
  const MailText refused = mail_of(sample_outcome(OrderResult::canceled_fraud));
  const MailText declined = mail_of(sample_outcome(OrderResult::payment_declined));
  check_text(paid, "order is confirmed and paid");
  check_is_silent_about(paid, "sorry");
  check_is_silent_about(paid, "nothing was charged");
  check_text(refused, "could not be accepted");
  check_text(refused, "44.48 EUR");
  check_is_silent_about(refused, "declined");
  check_is_silent_about(refused, "is confirmed");
  check_text(declined, "was declined");
  check_is_silent_about(declined, "could not be accepted");
  check_is_silent_about(declined, "is confirmed");
  const MailText canceled = mail_of(sample_outcome(OrderResult::canceled));
  check_text(canceled, "order is canceled");
  check_text(canceled, "nothing was charged");
  check_is_silent_about(canceled, "sorry");
  check_is_silent_about(canceled, "money");
}

TEST_CASE("a refund names the order and the amount, and mentions no other outcome") {
  const MailText refund = mail_of(sample_refund());
  check_text(refund, order_id(1));
  check_text(refund, "44.48 EUR");
  check_text(refund, "on its way back");
  check_is_silent_about(refund, "nothing was charged");
  check_is_silent_about(refund, "is confirmed");
  CHECK(refund.subject == "Your refund for order " + order_id(1));
}

TEST_CASE("a partial refund has a text of its own: the order is not canceled") {
  auto part = sample_refund();
  part.amount.amount = 500;
  part.remaining_amount = 3948;
  const MailText refund = mail_of(part);
  check_text(refund, order_id(1));
  check_text(refund, "5.00 EUR");
  check_text(refund, "order stands");
  check_text(refund, "on its way back");
  check_is_silent_about(refund, "canceled");
  check_is_silent_about(refund, "closed");
  CHECK(refund.subject == "A partial refund for order " + order_id(1));
  check_is_silent_about(mail_of(sample_refund()), "order stands");
}

TEST_CASE("no mail reveals an internal reason") {
  for (const OrderResult result : results) {
    auto outcome = sample_outcome(result);
    outcome.reasons = {"order_rate_above_limit", "user_blocked"};
    const MailText body = mail_of(outcome);
    for (const char* words : {"order_rate_above_limit", "user_blocked", "fraud", "FRAUD"}) {
      check_is_silent_about(body, words);
      CHECK(body.subject.find(words) == std::string::npos);
    }
  }
}

TEST_CASE("subjects name the order and what became of it") {
  const std::string id = order_id(1);
  CHECK(confirmation_of(sample_order()).subject == "We have received your order " + id);
  CHECK(mail_of(sample_outcome(OrderResult::processed)).subject ==
        "Your order " + id + " is confirmed");
  CHECK(mail_of(sample_outcome(OrderResult::canceled_fraud)).subject ==
        "Your order " + id + " could not be accepted");
  CHECK(mail_of(sample_outcome(OrderResult::payment_declined)).subject ==
        "Payment declined for order " + id);
  CHECK(mail_of(sample_outcome(OrderResult::canceled)).subject ==
        "Your order " + id + " is canceled");
}

TEST_CASE("a German reader gets German words and amounts with a comma") {
  const MailText mail = confirmation_of(sample_order(), "de");
  CHECK(mail.subject == "Ihre Bestellung " + order_id(1) + " ist eingegangen");
  check_text(mail, "ielen Dank für Ihre Bestellung");
  check_text(mail, "44,48 EUR");
  check_is_silent_about(mail, "44.48");
  check_is_silent_about(mail, "Thank you");
  CHECK(mail.html.find("lang=\"de\"") != std::string::npos);
  const MailText paid = mail_of(sample_outcome(OrderResult::processed), "de");
  CHECK(paid.subject == "Ihre Bestellung " + order_id(1) + " ist bestätigt");
  check_text(paid, "bestätigt und bezahlt");
}

TEST_CASE("a language without a template falls back, by its region first") {
  CHECK(mails().language_for(Kind::order_outcome, "de-AT") == "de");
  CHECK(mails().language_for(Kind::order_outcome, "de") == "de");
  CHECK(mails().language_for(Kind::order_outcome, "fr") == "en");
  CHECK(mails().language_for(Kind::order_outcome, "") == "en");
}

TEST_CASE("a mail shows the link to unsubscribe where there is one") {
  check_is_silent_about(confirmation_of(sample_order()), "messages of this kind");
  for (const char* language : {"en", "de"}) {
    const MailText mail =
        mails().compose(news(sample_order(), language), language, "https://a.example/u?a=1&b=2");
    CHECK(mail.text.find("https://a.example/u?a=1&b=2") != std::string::npos);
    CHECK(mail.html.find("href=\"https://a.example/u?a=1&amp;b=2\"") != std::string::npos);
  }
}

}  // namespace orderflow::notifications
