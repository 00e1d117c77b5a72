#pragma once

#include "http/server_fixture.hpp"
#include "outbound/transfers.hpp"

#include <string>
#include <variant>
#include <vector>

namespace orderflow::outbound {

using TransferResult = std::variant<HttpAnswer, TransferError>;

/// Sends all of them side by side and waits for their outcomes.
std::vector<TransferResult> send_all(Transfers& transfers,
                                     const std::vector<HttpRequest>& requests);

/// The answer to a request that must get one, and the error of one that must not.
HttpAnswer answer_of(Transfers& transfers, const HttpRequest& request);
TransferError error_of(Transfers& transfers, const HttpRequest& request);

std::string url_of(test::TestServer& server, const std::string& path);

}  // namespace orderflow::outbound
