#pragma once

#include <filesystem>
#include <optional>
#include <span>

namespace orderflow::outbound {

/// Where the common distributions keep the certificates of authorities, in one PEM file.
std::span<const std::filesystem::path> certificate_bundles() noexcept;

/// The bundle to name to OpenSSL: the first of `bundles` that is there, or nothing where OpenSSL
/// finds certificates by itself, in SSL_CERT_FILE, SSL_CERT_DIR, or the places it was built with.
std::optional<std::filesystem::path> bundle_to_name(std::span<const std::filesystem::path> bundles);

/// Lets TLS trust the system's certificates also where OpenSSL is a part of this program and was
/// built for another distribution: sets SSL_CERT_FILE. Before there are threads.
void use_system_certificates();

}  // namespace orderflow::outbound
