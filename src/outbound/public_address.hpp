#pragma once

#include <boost/asio/ip/address.hpp>

namespace orderflow::outbound {

/// True for an address that belongs to the public Internet: none of the special-purpose ranges of
/// the IANA registries (RFC 6890), such as loopback, private, link-local (where clouds keep their
/// metadata servers), shared, documentation and multicast ones, and no IPv6 address that carries an
/// IPv4 one (mapped, 6to4, NAT64, Teredo).
bool is_public(const boost::asio::ip::address& address) noexcept;

}  // namespace orderflow::outbound
