#pragma once

#include "orders/module.hpp"
