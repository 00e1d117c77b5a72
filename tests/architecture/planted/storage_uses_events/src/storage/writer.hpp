#pragma once

#include "events/event.hpp"
