#pragma once

#include "events/log/event.hpp"
#include "events/operations/replay_store.hpp"
