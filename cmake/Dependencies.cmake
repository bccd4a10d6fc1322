# What md5spec stands on; all of it comes from the distribution's packages. docs/design.md says why each is there.
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(GTest REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(pugixml REQUIRED)
find_package(ZLIB REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)

if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

# Debian ships neither a .pc nor a CMake file for Asio.
find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)
add_library(md5spec_asio INTERFACE)
target_include_directories(md5spec_asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
target_compile_definitions(md5spec_asio INTERFACE
  ASIO_STANDALONE ASIO_NO_DEPRECATED
  # Asio chooses its allocator by what was included before it; say it once, for every translation unit.
  ASIO_HAS_STD_ALIGNED_ALLOC=1)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Asio 1.22 doesn't recognise coroutines in Clang with libstdc++ by itself.
  target_compile_definitions(md5spec_asio INTERFACE ASIO_HAS_CO_AWAIT=1 ASIO_HAS_STD_COROUTINE=1)
endif()
if(MD5SPEC_SANITIZE STREQUAL "thread")
  # GCC's thread sanitizer doesn't understand fences.
  target_compile_definitions(md5spec_asio INTERFACE ASIO_DISABLE_FENCED_BLOCK)
endif()
target_link_libraries(md5spec_asio INTERFACE Threads::Threads)
