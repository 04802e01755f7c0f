slipway_fuzz(yaml_fuzz SOURCES yaml_fuzz.cc DEPS slipway_fleet CORPUS ${CMAKE_CURRENT_SOURCE_DIR}/corpus/yaml)
