#include "orders/module.hpp"
