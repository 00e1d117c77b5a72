#include "effects/capture_payment.hpp"
