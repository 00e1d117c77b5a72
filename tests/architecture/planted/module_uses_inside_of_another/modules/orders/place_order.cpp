#include "billing/payment.hpp"
