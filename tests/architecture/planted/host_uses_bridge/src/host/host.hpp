#pragma once

#include "bridge/bridge.hpp"
