#include "events/integrity/log_integrity.hpp"
