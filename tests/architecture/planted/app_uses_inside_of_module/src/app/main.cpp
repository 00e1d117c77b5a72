#include "orders/order.hpp"
