#pragma once

#include "bridge/message/message.hpp"
#include "config/section.hpp"
#include "events/log/event.hpp"
