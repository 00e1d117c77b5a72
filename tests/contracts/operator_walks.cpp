// The routes of operators and of the node itself: the log, subscriptions, dead letters, documents.
#include "walks.hpp"

#include "acceptance/support/node.hpp"

#include <doctest/doctest.h>

#include <string>

namespace orderflow::test {
namespace {

using nlohmann::json;

std::string in_capitals(std::string text) {
  for (char& c : text)
    c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

/// The dead letter of an order that cannot be charged, and something of the order parked behind it.
std::string make_letter(ContractClient& client, const std::string& user) {
  const std::string order =
      id_of(client.expect(201, "POST", "/v1/orders", book(user, "sim-fail-9")));
  std::string letter;
  wait_until("the charge is dead", [&] {
    const json letters = client.get("/v1/admin/dead-letters?key=" + order).at("deadLetters");
    if (!letters.empty()) letter = letters.at(0).at("id");
    return !letters.empty();
  });
  return "/v1/admin/dead-letters/" + letter;
}

}  // namespace

void walk_events(ContractClient& client) {
  const json page = client.get("/v1/events?limit=500");
  CHECK(page.at("events").size() > 20);
  client.get("/v1/events?kind=order.created&after=1");
  client.refuse("bad-parameter", "GET", "/v1/events?after=x");
  client.refuse("place-not-in-log", "GET", "/v1/events?after=999999999");
  client.refuse("bad-parameter", "GET", "/v1/events/stream?after=x");
  const json schemas = client.get("/v1/schemas");
  for (const json& schema : schemas.at("schemas"))
    client.expect(200, "GET", schema.at("href").get<std::string>());
  client.refuse("schema-not-found", "GET", "/v1/schemas/order.lost/1");
  // No number of a version, as what fits into 32 bits of it would be.
  for (const char* version : {"0", "2", "4294967297", "18446744073709551617", "1x", "-1"})
    client.refuse("schema-not-found", "GET", std::string("/v1/schemas/order.created/") + version);
  for (const char* filter : {"kind=order.lost", "kind=Order.created", "kind="}) {
    client.refuse("unknown-kind", "GET", std::string("/v1/events?") + filter);
    client.refuse("unknown-kind", "GET", std::string("/v1/events/stream?") + filter);
  }
  const std::string key = page.at("events").at(0).at("subject");
  CHECK(client.get("/v1/events?key=" + in_capitals(key)) == client.get("/v1/events?key=" + key));
  client.expect(200, "GET", "/v1/events?after=1", nullptr, {{"Last-Event-ID", ""}});
}

void walk_subscriptions(ContractClient& client) {
  client.get("/v1/admin/status");
  client.get("/v1/admin/destinations");
  client.refuse("bad-parameter", "GET", "/v1/admin/destinations?x=1");
  client.get("/v1/admin/subscriptions");
  client.refuse("bad-parameter", "GET", "/v1/admin/subscriptions?x=1");
  const std::string one = "/v1/admin/subscriptions/users.statistics";
  const std::string none = "/v1/admin/subscriptions/users.trivia";
  client.get(one);
  client.refuse("subscription-not-found", "GET", none);
  for (const char* action : {"/pause", "/resume", "/rebuild", "/forget"})
    client.refuse("subscription-not-found", "POST", none + action);
  client.expect(200, "POST", one + "/pause");
  client.expect(200, "POST", one + "/resume");
  client.expect(202, "POST", one + "/rebuild");
  client.get("/v1/admin/subscriptions");
  client.refuse("not-possible", "POST", "/v1/admin/subscriptions/billing.assess/rebuild");
  client.refuse("not-possible", "POST", one + "/forget");
  client.expect(204, "POST", "/v1/admin/subscriptions/" + retired + "/forget");

  client.expect(201, "POST", "/v1/admin/backup");
  client.refuse("bad-parameter", "POST", "/v1/admin/backup?x=1");
  client.get("/v1/admin/backups");
  client.refuse("bad-parameter", "GET", "/v1/admin/backups?x=1");

  const std::string levels = "/v1/admin/log-levels";
  client.expect(200, "PUT", levels, {{"levels", {{"http", "warn"}, {"billing", nullptr}}}});
  client.refuse("invalid-log-levels", "PUT", levels, {{"level", "loud"}});
  client.get(levels);
  client.refuse("bad-parameter", "GET", levels + "?x=1");
}

void walk_dead_letters(ContractClient& client) {
  const std::string letter = make_letter(client, "lou");
  const json detail = client.get(letter);
  client.get("/v1/orders/" + detail.at("key").get<std::string>() + "/timeline");
  client.get("/v1/admin/dead-letters?subscription=billing.capture&kind=payment.requested&limit=1");
  client.refuse("bad-parameter", "GET", "/v1/admin/dead-letters?after=x");
  client.refuse("unknown-kind", "GET", "/v1/admin/dead-letters?kind=payment.lost");
  client.refuse("dead-letter-not-found", "GET", "/v1/admin/dead-letters/billing.capture:1");
  client.refuse("dead-letter-not-found", "POST", "/v1/admin/dead-letters/x/replay");
  client.refuse("dead-letter-not-found", "DELETE", "/v1/admin/dead-letters/x?reason=r");

  client.expect(200, "POST", letter + "/replay?dry=true");
  client.refuse("bad-parameter", "POST", letter + "/replay?dry=perhaps");
  client.refuse("invalid-replay", "POST", letter + "/replay", {{"colour", "red"}});
  client.refuse("invalid-payload", "POST", letter + "/replay", {{"payload", {{"a", 1}}}});
  client.expect(202, "POST", letter + "/replay", {{"payload", detail.at("payload")}});
  const std::string gone = "/v1/admin/dead-letters/billing.capture:1";
  client.refuse("not-dead", "POST", gone + "/replay");
  client.refuse("not-dead", "DELETE", gone + "?reason=r");
  const std::string unknown = "/v1/admin/dead-letters/billing.trivia:1";
  client.refuse("subscription-not-found", "POST", unknown + "/replay");
  client.refuse("subscription-not-found", "DELETE", unknown + "?reason=r");

  const std::string second = make_letter(client, "max");
  client.refuse("bad-parameter", "DELETE", second);
  client.refuse("invalid-reason", "DELETE", second + "?reason=Z%FCrich");
  client.refuse("invalid-reason", "DELETE", second + "?reason=%C2%9B31m");
  client.expect(204, "DELETE", second + "?reason=settled%20by%20hand");

  const json filter = {{"subscription", "billing.capture"}, {"error", "gateway"}};
  const HttpResponse run = client.expect(202, "POST", "/v1/admin/dead-letters/replay", filter);
  client.refuse("invalid-filter", "POST", "/v1/admin/dead-letters/replay", {{"colour", "red"}});
  client.refuse("invalid-filter", "POST", "/v1/admin/dead-letters/replay", {{"kind", "none"}});
  client.refuse("subscription-not-found", "POST", "/v1/admin/dead-letters/replay",
                {{"subscription", "billing.trivia"}});
  client.get(run.header("location"));
  client.refuse("replay-not-found", "GET", std::string("/v1/admin/replays/") + nobody);
  client.get("/v1/admin/replays");
  client.get("/v1/admin/audit?limit=1");
  client.get("/v1/admin/audit");
  client.refuse("bad-parameter", "GET", "/v1/admin/audit?after=x");
}

void walk_node(ContractClient& client) {
  client.get("/healthz");
  client.get("/readyz");
  client.get("/v1/key");
  client.refuse("bad-parameter", "GET", "/v1/key?x=1");
  client.get("/v1/admin/routes");
  client.refuse("bad-parameter", "GET", "/v1/admin/routes?x=1");
  client.expect(200, "GET", "/metrics");
  for (const char* document :
       {"/openapi.json", "/asyncapi.json", "/docs", "/docs/reference.css", "/docs/reference.js"}) {
    const std::string etag = client.expect(200, "GET", document).header("etag");
    for (const std::string& tags : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")})
      client.expect(304, "GET", document, nullptr, {{"If-None-Match", tags}});
    client.expect(200, "GET", document, nullptr, {{"If-None-Match", "\"other\""}});
    client.expect(200, "GET", document, nullptr, {{"If-Match", "\"other\", " + etag}});
    client.refuse("precondition-failed", "GET", document, nullptr, {{"If-Match", "W/" + etag}});
  }
}

void walk_page(ContractClient& client) {
  client.expect(200, "GET", "/", nullptr, {{"Accept-Encoding", "gzip"}});
  CHECK(client.expect(200, "GET", "/").header("content-encoding") == "gzip");
  client.refuse("encoding-not-acceptable", "GET", "/", nullptr, {{"Accept-Encoding", "identity"}});
  client.refuse("file-not-found", "GET", "/console/none.js");
}

void walk_refusals(ContractClient& client) {
  client.refuse("unsupported-media-type", "POST", "/v1/orders", "a=b",
                {{"Content-Type", "application/x-www-form-urlencoded"}});
  client.refuse("cross-origin-request", "POST", "/v1/orders", book("eve"),
                {{"Origin", "https://evil.example"}});
  client.refuse("body-too-large", "POST", "/v1/orders", std::string(70'000, ' '));
  client.refuse("unsupported-content-coding", "POST", "/v1/orders", book("eve"),
                {{"Content-Encoding", "gzip"}});
  client.refuse("precondition-failed", "POST", "/v1/orders", book("eve"),
                {{"If-Match", "\"one\""}});
  client.refuse("precondition-failed", "POST", "/v1/orders", book("eve"),
                {{"If-Unmodified-Since", "Sat, 29 Oct 1994 19:43:31 GMT"}});
  client.expect(201, "POST", "/v1/orders", book("eve"), {{"If-Match", "*"}});
  client.refuse("bad-parameter", "GET", "/v1/orders?limit=1&limit=2");
}

}  // namespace orderflow::test
