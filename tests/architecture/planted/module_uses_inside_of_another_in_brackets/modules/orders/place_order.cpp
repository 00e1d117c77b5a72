#include <billing/payment.hpp>
