foreach(door dhcp dns lease tftp http)
  slipway_fuzz(${door}_fuzz SOURCES ${door}_fuzz.cc DEPS slipway_boot_core
               CORPUS ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${door})
endforeach()
# The servers themselves, over loopback.
foreach(door tftp http)
  slipway_fuzz(${door}_server_fuzz SOURCES ${door}_server_fuzz.cc DEPS slipway_bootnet slipway_boost
               CORPUS ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${door}_server)
endforeach()
