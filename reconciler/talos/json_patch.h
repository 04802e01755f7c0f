#pragma once

#include "reconciler/talos/patch.h"

namespace slipway::talos {

/// Reads a list of RFC 6902 operations; what is none goes into `problems`.
JsonPatch ReadJsonPatch(const yaml::Value& list, Notation notation, Problems& problems);

/// Turns the numbers below `value` into what JSON makes of them: `0644` is 420, `1e3` is 1000.
void ToJsonNumbers(yaml::Value& value);

/// Makes of a document what Talos' tools hand to a JSON patch that is the first thing to happen to the
/// document's text: numbers as above, and unquoted `yes`, `on`, `no` and `off` are truth values, as in
/// YAML 1.1 (ghodss/yaml).
void ToJsonText(yaml::Document& document);

/// Applies the operations one after another, by the rules of the library that Talos uses
/// (evanphx/json-patch 5.9, package of version 4): indices below 0 count from the end, `-` appends, `replace`
/// of a key that is not there sets it, `remove` of one is an error. An error leaves `document` in an
/// unspecified state.
ConfigResult<void> ApplyJsonPatch(yaml::Value& document, const JsonPatch& patch);

}  // namespace slipway::talos
