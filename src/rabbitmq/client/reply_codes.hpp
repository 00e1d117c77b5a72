#pragma once

namespace orderflow::rabbitmq {

// Reply codes of AMQP 0-9-1 (1.2) that this program tells apart.

inline constexpr int access_refused = 403;
inline constexpr int not_found = 404;
inline constexpr int resource_locked = 405;
inline constexpr int precondition_failed = 406;

}  // namespace orderflow::rabbitmq
