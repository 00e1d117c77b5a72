#pragma once

#include "contract/order_created.hpp"
