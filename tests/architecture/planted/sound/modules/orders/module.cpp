#include "module.hpp"
#include <string>
#include "billing/contract/payment_requested.hpp"
#include "config/section.hpp"
#include "order.hpp"
#include "orders/contract/order_created.hpp"
#include "storage/connection.hpp"
