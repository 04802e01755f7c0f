slipway_fuzz(patch_fuzz SOURCES patch_fuzz.cc DEPS slipway_talos CORPUS ${CMAKE_CURRENT_SOURCE_DIR}/corpus/patch)
