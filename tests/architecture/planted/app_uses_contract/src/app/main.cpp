#include "orders/contract/order_created.hpp"
