#pragma once

#include <stdexcept>
#include <string>

namespace orderflow::bridge {

/// What goes wrong between this node and the broker; `what()` is a sentence for people without
/// secrets. After any of these, except a refusal that states otherwise, the connection is of no
/// use.
class BrokerError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Nobody answers as a broker at the address, or not in time. Another attempt may succeed.
class BrokerUnreachable : public BrokerError {
 public:
  using BrokerError::BrokerError;
};

/// The broker, or the check of its certificate, refuses: login, virtual host, rights, a declaration
/// that clashes with what stands. The same attempt will fail again until somebody changes
/// something.
class BrokerRefused : public BrokerError {
 public:
  /// `code` is AMQP's reply code (403, 404, 406, 530 …), or 0 where TLS refused.
  BrokerRefused(int code, const std::string& message) : BrokerError(message), code_(code) {}

  int code() const noexcept { return code_; }

 private:
  int code_;
};

/// An established connection has ended or was cut: nothing is known about what was under way.
class ConnectionLost : public BrokerError {
 public:
  using BrokerError::BrokerError;
};

}  // namespace orderflow::bridge
