#include "commands/events/event_text.hpp"
