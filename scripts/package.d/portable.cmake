# orderflow_portable: what `orderflow` is made of, object by object, with every library but libc and libm
# inside. ORDERFLOW_STATIC_LIBRARIES is the folder that scripts/package.d/static_libraries has made;
# the other archives are those of the -dev packages whose headers were compiled.
set(archives)
# find_archive(NAME [OPTIONAL])
function(find_archive name)
  find_library(archive lib${name}.a HINTS ${ORDERFLOW_STATIC_LIBRARIES}/lib NO_CACHE)
  if(archive)
    set(archives ${archives} ${archive} PARENT_SCOPE)
  elseif(NOT "OPTIONAL" IN_LIST ARGN)
    message(FATAL_ERROR "There is no lib${name}.a")
  endif()
endfunction()

# First, so that all others allocate by it.
find_archive(mimalloc)
foreach(name spdlog fmt prometheus-cpp-core rabbitmq curl ssl crypto sqlite3 boost_url)
  find_archive(${name})
endforeach()
# Where Debian's OpenSSL compresses.
find_archive(z OPTIONAL)
find_archive(zstd OPTIONAL)

set(own)
foreach(folder src modules src/app)
  get_property(targets DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} PROPERTY BUILDSYSTEM_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL STATIC_LIBRARY)
      list(APPEND own ${target})
    endif()
  endforeach()
endforeach()
list(TRANSFORM own REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE own_archives)

list(POP_FRONT archives allocator)
add_executable(orderflow_portable EXCLUDE_FROM_ALL $<TARGET_OBJECTS:orderflow>)
set_target_properties(orderflow_portable PROPERTIES LINKER_LANGUAGE CXX)
add_dependencies(orderflow_portable ${own})
target_link_options(orderflow_portable PRIVATE -static-libstdc++ -static-libgcc
  # Which members of which archives were taken: scripts/package.d/contents lists them.
  -Wl,-Map=${CMAKE_BINARY_DIR}/orderflow_portable.map)
target_link_libraries(orderflow_portable PRIVATE orderflow_build ${allocator}
  -Wl,--start-group ${own_archives} ${archives} -Wl,--end-group m)
