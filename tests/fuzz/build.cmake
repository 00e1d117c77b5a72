# What every target of ours is compiled with where it is fuzzed: coverage that libFuzzer reads, and
# checks of the standard library's containers.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  message(FATAL_ERROR "the fuzz targets take clang: cmake --preset fuzz")
endif()

# Warnings are for the compiler that the product is built with. Of coroutines clang 14 cannot
# compile what the check of function types adds.
target_compile_options(orderflow_build INTERFACE -w -O1 -fsanitize=fuzzer-no-link
  -fsanitize=float-cast-overflow -fno-sanitize=function)
target_compile_definitions(orderflow_build INTERFACE _GLIBCXX_ASSERTIONS)
if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 17)
  # It has C++20 coroutines but does not announce them, which libstdc++ asks for.
  target_compile_definitions(orderflow_build INTERFACE __cpp_impl_coroutine=201902L)
endif()
