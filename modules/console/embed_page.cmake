# Adds the page, compressed, to the module's library. Its packages, pinned by package-lock.json, are
# installed into the build folder once; after that the build needs no network.
set(EMBEDDED_PAGE ${CMAKE_BINARY_DIR}/generated/embedded_page.cpp)
set(PAGE ${CMAKE_CURRENT_LIST_DIR}/web)
set(PAGE_BUILD ${CMAKE_BINARY_DIR}/console)

if(ORDERFLOW_CONSOLE)
  find_program(NODE node)
  find_program(NPM npm)
  if(NOT NODE OR NOT NPM)
    message(FATAL_ERROR "The page for the browser is built with Node.js 18 or newer and npm, which "
      "are not there. scripts/setup installs them; -DORDERFLOW_CONSOLE=OFF builds without the page.")
  endif()
  execute_process(COMMAND ${NODE} --version OUTPUT_VARIABLE NODE_VERSION
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  if(NODE_VERSION VERSION_LESS v18)
    message(FATAL_ERROR "The page for the browser is built with Node.js 18 or newer; ${NODE} is "
      "${NODE_VERSION}. -DORDERFLOW_CONSOLE=OFF builds without the page.")
  endif()
  file(GLOB_RECURSE PAGE_SOURCES CONFIGURE_DEPENDS ${PAGE}/src/*)
  set(PAGE_PACKAGES ${PAGE_BUILD}/node_modules/.installed)
  add_custom_command(OUTPUT ${PAGE_PACKAGES}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PAGE_BUILD}
    COMMAND ${CMAKE_COMMAND} -E copy ${PAGE}/package.json ${PAGE}/package-lock.json ${PAGE_BUILD}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${PAGE_BUILD} -P ${PROJECT_SOURCE_DIR}/scripts/install_packages.cmake
    COMMAND ${CMAKE_COMMAND} -E touch ${PAGE_PACKAGES}
    DEPENDS ${PAGE}/package.json ${PAGE}/package-lock.json
    COMMENT "Installing the packages of the page")
  add_custom_command(OUTPUT ${EMBEDDED_PAGE}
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${PAGE_BUILD}/src
    COMMAND ${CMAKE_COMMAND} -E copy_directory ${PAGE}/src ${PAGE_BUILD}/src
    COMMAND ${CMAKE_COMMAND} -E copy ${PAGE}/index.html ${PAGE}/icon.svg ${PAGE}/tsconfig.json
            ${PAGE}/build.mjs ${PAGE_BUILD}
    COMMAND ${NODE} ${PAGE_BUILD}/build.mjs ${EMBEDDED_PAGE}
    DEPENDS ${PAGE_PACKAGES} ${PAGE_SOURCES} ${PAGE}/index.html ${PAGE}/icon.svg
            ${PAGE}/tsconfig.json ${PAGE}/build.mjs
    COMMENT "Building the page")
else()
  file(CONFIGURE OUTPUT ${EMBEDDED_PAGE} CONTENT [[
#include "embedded_files.hpp"

namespace orderflow::console {

std::span<const EmbeddedFile> embedded_files() noexcept {
  return {};
}

}  // namespace orderflow::console
]] @ONLY)
endif()
set_source_files_properties(${EMBEDDED_PAGE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
  SKIP_PRECOMPILE_HEADERS ON)
target_sources(orderflow_console PRIVATE ${EMBEDDED_PAGE})
