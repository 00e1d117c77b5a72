#include "core/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace orderflow::core {

Sha256 sha256(std::string_view data) {
  // What the one-shot function looks up and allocates at every call costs more than the hash of a
  // short text.
  struct Hasher {
    EVP_MD* kind = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    Hasher() = default;
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;
    ~Hasher() {
      EVP_MD_CTX_free(context);
      EVP_MD_free(kind);
    }
  };
  thread_local const Hasher hasher;
  Sha256 digest{};
  if (EVP_DigestInit_ex2(hasher.context, hasher.kind, nullptr) != 1 ||
      EVP_DigestUpdate(hasher.context, data.data(), data.size()) != 1 ||
      EVP_DigestFinal_ex(hasher.context, digest.data(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 cannot be computed");
  }
  return digest;
}

Sha256 hmac_sha256(std::string_view key, std::string_view data) {
  Sha256 code{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(data.data()), data.size(), code.data(),
           &size) == nullptr) {
    throw std::runtime_error("HMAC-SHA256 cannot be computed");
  }
  return code;
}

std::string sha256_hex(std::string_view data) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(64);
  for (const std::uint8_t byte : sha256(data)) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
  return text;
}

}  // namespace orderflow::core
