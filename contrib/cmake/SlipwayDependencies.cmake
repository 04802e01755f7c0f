# Every library Slipway stands on. All are Debian 12 packages (contrib/install-deps.sh);
# contrib/ARCHITECTURE.md says why each is here.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(spdlog REQUIRED)
find_package(date REQUIRED CONFIG)
find_package(prometheus-cpp REQUIRED CONFIG COMPONENTS core)
pkg_check_modules(libgit2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
if(SLIPWAY_BUILD_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  find_package(benchmark REQUIRED)
  find_package(ZLIB REQUIRED)
endif()

# Header-only packages without a config file of their own: tl-expected, valijson, nlohmann-json,
# CLI11 and kainjow-mustache live under /usr/include. Their headers are not ours to warn about.
add_library(slipway_boost INTERFACE)
target_link_libraries(slipway_boost INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(slipway_boost INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_VISIBILITY=1)
