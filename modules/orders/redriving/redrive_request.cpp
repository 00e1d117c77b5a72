#include "redriving/redrive_request.hpp"

#include "host/object_reader.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace orderflow::orders {
namespace {

constexpr std::int64_t older_than_ms_max = 86'400'000'000;  // a thousand days

std::optional<OrderId> read_id(host::ObjectReader& reader, std::string_view name) {
  const std::string text = reader.id(name, false);
  if (text.empty()) return std::nullopt;
  if (const auto id = core::Uuid::parse(text)) return OrderId{*id};
  reader.fail(name, "must be the id of an order");
  return std::nullopt;
}

std::optional<core::Timestamp> read_time(host::ObjectReader& reader, std::string_view name) {
  const std::string text = reader.optional_text(name);
  if (text.empty()) return std::nullopt;
  const auto time = core::parse_rfc3339(text);
  if (!time) reader.fail(name, "must be a time such as 2026-03-01T12:30:00Z (RFC 3339)");
  return time;
}

}  // namespace

boost::system::result<RedriveRequest, core::FieldErrors> parse_redrive_request(
    const nlohmann::json& body) {
  core::FieldErrors errors;
  if (!body.is_object()) {
    errors.push_back({"", "must be an object"});
    return errors;
  }
  host::ObjectReader reader(body, "", errors);
  reader.reject_unknown({"module", "orderId", "olderThanMs", "since", "asOf", "after"});
  RedriveRequest request;
  if (std::string module = reader.id("module", false); !module.empty())
    request.module = std::move(module);
  request.id = read_id(reader, "orderId");
  if (const auto ms = reader.whole_number("olderThanMs", false, 0, older_than_ms_max,
                                          "must be a number of milliseconds, 0 or more")) {
    request.older_than = std::chrono::milliseconds(*ms);
  }
  request.since = read_time(reader, "since");
  request.as_of = read_time(reader, "asOf");
  request.after = read_id(reader, "after");
  const bool for_orders = request.module == "orders";
  if (for_orders && request.since)
    reader.fail("since", "is for other modules; orders that wait are named by olderThanMs");
  if (!for_orders && request.older_than)
    reader.fail("olderThanMs", "is for the module orders; others name orders by since");
  if (!for_orders && !request.id && !request.since)
    reader.fail("since", "is missing: from when on may the module have missed something?");
  if (!errors.empty()) return errors;
  return request;
}

}  // namespace orderflow::orders
