# Writes OUTPUT, the source that holds the commit of the checkout in SOURCE, where it is not that yet.
# ORDERFLOW_COMMIT in the environment stands in where the sources are in no repository.
set(commit "$ENV{ORDERFLOW_COMMIT}")
if(commit STREQUAL "")
  execute_process(COMMAND git describe --always --abbrev=12 --dirty --exclude=*
    WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(commit STREQUAL "")
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [[
#include "app/build_info.hpp"

const std::string_view orderflow::app::built_commit = "@commit@";
]])
