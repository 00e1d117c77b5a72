#pragma once

#include "http/tls_certificate.hpp"
#include "http/worker.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <memory>

namespace orderflow::http {

/// The encryption of one connection, over a socket that outlives it. It keeps the certificate that
/// it began with.
struct TlsLayer {
  TlsLayer(Socket& socket, const TlsCertificate& certificate)
      : context(certificate.context()), stream(socket, *context) {}

  const std::shared_ptr<boost::asio::ssl::context> context;
  boost::asio::ssl::stream<Socket&> stream;
};

}  // namespace orderflow::http
