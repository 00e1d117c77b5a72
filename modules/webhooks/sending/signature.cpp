#include "sending/signature.hpp"

#include "core/base64.hpp"
#include "core/digest.hpp"

#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>

namespace orderflow::webhooks {
namespace {

constexpr std::string_view prefix = "whsec_";

std::string key_of(std::string_view secret) {
  if (secret.starts_with(prefix)) {
    if (auto key = core::base64_decoded(secret.substr(prefix.size())); key && !key->empty()) {
      return std::move(*key);
    }
  }
  throw std::invalid_argument("a webhook secret is 'whsec_' and base64");
}

}  // namespace

std::string new_secret(std::size_t bytes) {
  std::string key(bytes, '\0');
  if (::getentropy(key.data(), key.size()) != 0) {
    throw std::system_error(errno, std::generic_category(), "the system gives no random bytes");
  }
  return std::string(prefix) + core::base64(key);
}

std::string timestamp_text(core::Timestamp at) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
}

std::string signature(const std::vector<std::string>& secrets, std::string_view id,
                      core::Timestamp at, std::string_view body) {
  std::string content;
  content.append(id).append(".").append(timestamp_text(at)).append(".").append(body);
  std::string value;
  for (const std::string& secret : secrets) {
    const core::Sha256 code = core::hmac_sha256(key_of(secret), content);
    if (!value.empty()) value += ' ';
    value += "v1,";
    value += core::base64({reinterpret_cast<const char*>(code.data()), code.size()});
  }
  return value;
}

}  // namespace orderflow::webhooks
