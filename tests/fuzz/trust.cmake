slipway_fuzz(trust_fuzz SOURCES trust_fuzz.cc DEPS slipway_trust CORPUS ${CMAKE_CURRENT_SOURCE_DIR}/corpus/trust)
