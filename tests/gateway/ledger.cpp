#include "ledger.hpp"

#include "acceptance/support/orders.hpp"

namespace orderflow::test {
namespace {

using nlohmann::json;

/// What the gateway has of one payment.
struct Account {
  std::size_t charges = 0;
  std::int64_t charged = 0;
  std::int64_t paid_back = 0;
  std::size_t chargeable = 0;  ///< that could still be charged
};

std::map<std::string, Account> accounts_of(const json& books) {
  std::map<std::string, Account> accounts;
  std::map<std::string, std::string> payment_of;  // by charge: what the shop pays back has no more
  for (const json& intent : books.at("intents")) {
    payment_of[intent.at("id")] = intent.at("metadata").at("payment_id");
    Account& account = accounts[intent.at("metadata").at("payment_id")];
    const std::string status = intent.at("status");
    if (status == "succeeded") {
      ++account.charges;
      account.charged += intent.at("amount_received").get<std::int64_t>();
    } else if (status == "requires_action" || status == "processing") {
      ++account.chargeable;
    }
  }
  for (const json& refund : books.at("refunds")) {
    if (refund.at("status") != "succeeded") continue;
    accounts[payment_of.at(refund.at("payment_intent"))].paid_back +=
        refund.at("amount").get<std::int64_t>();
  }
  return accounts;
}

void compare(const json& payment, const Account& account, Ledger& ledger) {
  const std::string status = payment.at("status");
  const bool is_captured = status == "CAPTURED" || status == "REFUNDED";
  const std::int64_t captured = is_captured ? payment.at("amount").get<std::int64_t>() : 0;
  const std::int64_t refunded = payment.value("refundedAmount", std::int64_t{0});
  ++ledger.payments;
  ++ledger.by_status[status];
  ledger.captured += captured;
  ledger.charged += account.charged;
  ledger.refunded += refunded;
  ledger.paid_back += account.paid_back;
  if (account.charges > 1) ++ledger.charged_twice;
  if (captured == account.charged && refunded == account.paid_back && account.charges <= 1 &&
      account.chargeable == 0) {
    return;
  }
  ledger.differences.push_back(
      payment.dump() + " but the gateway has " + std::to_string(account.charges) + " charges of " +
      std::to_string(account.charged) + ", " + std::to_string(account.paid_back) +
      " paid back and " + std::to_string(account.chargeable) + " to be charged");
}

}  // namespace

std::vector<json> all_of(HttpClient& node, const std::string& target, const std::string& name) {
  std::vector<json> all;
  std::string after;
  for (;;) {
    const char separator = target.find('?') == std::string::npos ? '?' : '&';
    const json page = get(node, target + separator + "limit=500" + after);
    for (const json& each : page.at(name))
      all.push_back(each);
    if (page.at("next").is_null()) return all;
    after = "&after=" + page.at("next").get<std::string>();
  }
}

Ledger compare_books(HttpClient& node, const json& gateway_books) {
  Ledger ledger;
  auto accounts = accounts_of(gateway_books);
  for (const json& payment : all_of(node, "/v1/payments", "payments")) {
    const std::string id = payment.at("id");
    compare(payment, accounts[id], ledger);
    accounts.erase(id);
  }
  for (const auto& [id, account] : accounts)
    ledger.differences.push_back("the gateway knows payment " + id + ", and we do not");
  return ledger;
}

}  // namespace orderflow::test
