#include "commands/command_line.hpp"
