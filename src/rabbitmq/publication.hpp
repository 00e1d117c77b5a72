#pragma once

#include "bridge/message/message.hpp"
#include "rabbitmq/client/route.hpp"

namespace orderflow::rabbitmq {

/// A message and where it goes.
struct Publication {
  Route route;
  bridge::Message message;
};

}  // namespace orderflow::rabbitmq
