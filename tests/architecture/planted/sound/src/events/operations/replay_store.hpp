#pragma once

#include "events/log/event.hpp"

const char* const statement = "SELECT id FROM event_replay";
