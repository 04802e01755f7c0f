#pragma once

#include <string>
#include <vector>

#include "reconciler/talos/decode.h"

namespace slipway::talos {

/// Checks and normalises values by their types.
class ValueDecoder {
 public:
  ValueDecoder(const TypeModel& model, Problems& problems) : model_(model), problems_(problems) {}

  /// A document or a part of one that must be a mapping of this type.
  void Struct(yaml::Value& value, const StructType& type);

 private:
  void Decode(yaml::Value& value, const TypeRef& type);
  void Scalar(yaml::Value& value, const TypeRef& type);
  void Integer(yaml::Value& value, const TypeRef& type);
  void Bool(yaml::Value& value);
  void Enum(yaml::Value& value, const TypeRef& type);
  /// One of a list or a map. Source: siderolabs/gen, xyaml.CheckNullElements.
  void Item(yaml::Value& item, const TypeRef& type);
  void List(yaml::Value& value, const TypeRef& type);
  void Map(yaml::Value& value, const TypeRef& type);
  void Args(yaml::Value& value);
  void Pem(yaml::Value& value, const TypeRef& type);
  void Object(yaml::Value& value);
  void UnknownKey(const yaml::Entry& entry, const StructType& type);
  bool IsMapping(const yaml::Value& value);
  void Wrong(const yaml::Value& value, std::string_view wanted);
  void Problem(Mark mark, std::string message, std::string fix);
  std::string Where() const;

  const TypeModel& model_;
  Problems& problems_;
  std::vector<std::string> path_;
};

/// Brings numbers in a value of free form into what Go reads (`0644` is 420 there).
void NormaliseNumbers(yaml::Value& value);

}  // namespace slipway::talos
