#pragma once

#include "rabbitmq/bridge.hpp"
