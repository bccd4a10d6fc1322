# Warnings and sanitizers, for md5spec's own targets only.
set(MD5SPEC_SANITIZE "" CACHE STRING "Sanitizers to build with: address (with undefined) or thread")

add_library(md5spec_warnings INTERFACE)
target_compile_options(md5spec_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Where GCC inlines the half of how Asio frees a coroutine's frame, it misses the other half.
  target_compile_options(md5spec_warnings INTERFACE -Wno-mismatched-new-delete)
endif()
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC takes a source file that another one includes for a header, and warns of its unnamed namespace.
  target_compile_options(md5spec_warnings INTERFACE -Wno-subobject-linkage)
endif()
if(MD5SPEC_WERROR)
  target_compile_options(md5spec_warnings INTERFACE -Werror)
endif()

if(MD5SPEC_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(MD5SPEC_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
elseif(MD5SPEC_SANITIZE)
  message(FATAL_ERROR "MD5SPEC_SANITIZE is '${MD5SPEC_SANITIZE}'; it must be address or thread.")
endif()

if(MD5SPEC_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)  # libFuzzer sees which code an input reaches
endif()

# What does the work is run again and again by the tests, which themselves are built often and run once.
set(MD5SPEC_WORK_OPTIONS "" CACHE STRING "Further compiler options for the suite's libraries and the reference server, not for the tests")

# md5spec_library(NAME sources… [PUBLIC libs…] [PRIVATE libs…] [PRECOMPILED headers…]): a folder of suite/ as a library target.
function(md5spec_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE;PRECOMPILED" ${ARGN})
  add_library(md5spec_${name} STATIC ${arg_SOURCES})
  target_include_directories(md5spec_${name} PUBLIC ${PROJECT_SOURCE_DIR}/suite)
  target_link_libraries(md5spec_${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} md5spec_warnings)
  target_compile_options(md5spec_${name} PRIVATE ${MD5SPEC_WORK_OPTIONS})
  if(arg_PRECOMPILED)
    target_precompile_headers(md5spec_${name} PRIVATE ${arg_PRECOMPILED})
  endif()
endfunction()
