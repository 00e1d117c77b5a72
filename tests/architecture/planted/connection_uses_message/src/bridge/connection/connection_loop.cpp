#include "bridge/message/message.hpp"
