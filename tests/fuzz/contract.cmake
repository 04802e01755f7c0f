slipway_fuzz(manifest_fuzz
  SOURCES manifest_fuzz.cc
  DEPS slipway_contract
  CORPUS ${CMAKE_CURRENT_SOURCE_DIR}/corpus/manifest)

slipway_fuzz(forge_fuzz
  SOURCES forge_fuzz.cc
  DEPS slipway_forge slipway_contract
  CORPUS ${CMAKE_CURRENT_SOURCE_DIR}/corpus/forge)
