foreach(door dhcp tftp http)
  slipway_fuzz(${door}_fuzz SOURCES ${door}_fuzz.cc DEPS slipway_boot_core
               CORPUS ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${door})
endforeach()
