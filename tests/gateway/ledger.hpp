#pragma once

#include "support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace orderflow::test {

/// The money on both sides, and every cent in which they differ.
struct Ledger {
  std::size_t payments = 0;
  std::map<std::string, std::size_t> by_status;  ///< of our payments
  std::int64_t captured = 0;                     ///< by our books, minor unit
  std::int64_t charged = 0;                      ///< by the gateway's
  std::int64_t refunded = 0;                     ///< by our books
  std::int64_t paid_back = 0;                    ///< by the gateway's
  std::size_t charged_twice = 0;
  std::vector<std::string> differences;
};

/// Compares all payments of a node with the gateway's books. Nothing may be on its way any more.
Ledger compare_books(HttpClient& node, const nlohmann::json& gateway_books);

/// All objects of a list of the node's, page by page.
std::vector<nlohmann::json> all_of(HttpClient& node, const std::string& target,
                                   const std::string& name);

}  // namespace orderflow::test
