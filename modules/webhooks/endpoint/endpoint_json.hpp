#pragma once

#include "core/field_error.hpp"
#include "endpoint/endpoint.hpp"

#include <boost/system/result.hpp>
#include <nlohmann/json.hpp>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace orderflow::webhooks {

/// What an owner says of an endpoint, new or known: what is given.
struct EndpointRequest {
  std::optional<std::string> url{};
  std::optional<std::string> description{};
  std::optional<std::vector<std::string>> kinds{};
  std::optional<bool> enabled{};
};

struct EndpointRequestRules {
  const std::set<std::string, std::less<>>& kinds;  ///< that there are
  bool allow_private;
  bool is_new;  ///< it needs a URL, and has no state yet
};

boost::system::result<EndpointRequest, core::FieldErrors> parse_endpoint_request(
    const nlohmann::json& document, const EndpointRequestRules& rules);

/// `{"overlapHours": 0..720}`, which may be left out.
boost::system::result<std::optional<core::Duration>, core::FieldErrors> parse_rotation(
    const nlohmann::json& document);

/// An endpoint as its owner sees it, without its secrets.
nlohmann::json to_json(const Endpoint& endpoint);

/// What the audit tells of an endpoint after a change. Of its URL the scheme and the host alone,
/// for what follows may be a secret of its owner's.
nlohmann::json audit_detail(const Endpoint& endpoint);

}  // namespace orderflow::webhooks
