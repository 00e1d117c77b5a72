#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include "core/clock.hpp"
#include "orders/contract/order_id.hpp"
