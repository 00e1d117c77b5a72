# Installs the packages of FOLDER/package-lock.json there, unless they are there already.
find_program(NPM npm REQUIRED)
file(SHA256 ${FOLDER}/package-lock.json wanted)
set(mark ${FOLDER}/node_modules/.installed)
if(EXISTS ${mark})
  file(READ ${mark} installed)
  if(installed STREQUAL wanted)
    return()
  endif()
endif()
execute_process(
  COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error
  WORKING_DIRECTORY ${FOLDER}
  COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${mark} ${wanted})
