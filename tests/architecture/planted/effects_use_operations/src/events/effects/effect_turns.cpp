#include "events/operations/operations.hpp"
