#include "bridge/bridge.hpp"
