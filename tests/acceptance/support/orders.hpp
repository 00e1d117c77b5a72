#pragma once

#include "support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace orderflow::test {

/// The body of an order for one piece at `price`, minor units of EUR.
nlohmann::json order_of(const std::string& user, std::int64_t price,
                        const std::string& payment_method = {});

/// Places it, which must succeed; the order as it was answered.
nlohmann::json place(HttpClient& client, const nlohmann::json& body);

/// An answer of 200, which it must be.
nlohmann::json get(HttpClient& client, const std::string& target);

/// Waits until the order has its final status; the order then.
nlohmann::json settled(HttpClient& client, const std::string& order_id);

/// All payments of an order.
nlohmann::json payments_of(HttpClient& client, const std::string& order_id);

/// Waits until both notifications of an order have come to `status`; the notifications then. Those
/// to a buyer without an e-mail address come to `skipped`.
nlohmann::json notified(HttpClient& client, const std::string& order_id,
                        const std::string& status = "sent");

/// Waits until the projection has counted `count` orders of a user under `field`; the statistics
/// then.
nlohmann::json counted(HttpClient& client, const std::string& user, const char* field, int count);

/// The events on an order's timeline that take the order on, in order: all but those that report
/// notifications, which are sent beside.
nlohmann::json steps_of(HttpClient& client, const std::string& order_id);

/// The mails that a node's file channel has delivered.
std::size_t count_mails(const std::filesystem::path& data);

}  // namespace orderflow::test
