foreach(format age sops)
  slipway_fuzz(${format}_fuzz SOURCES ${format}_fuzz.cc DEPS slipway_secrets_testing
               CORPUS ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${format})
endforeach()
