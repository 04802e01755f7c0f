#include "reconciler/talos/documents.h"

namespace slipway::talos {
namespace {

std::string TextOf(const yaml::Value& document, std::string_view key) {
  const yaml::Value* value = document.Find(key);
  const std::string* text = value == nullptr ? nullptr : value->AsString();
  return text == nullptr ? std::string() : *text;
}

}  // namespace

DocumentId IdOf(const yaml::Value& document) {
  return {TextOf(document, "apiVersion"), TextOf(document, "kind"), TextOf(document, "name")};
}

bool IsMain(const yaml::Value& document) {
  return document.AsMapping() != nullptr && document.Find("kind") == nullptr &&
         document.Find("apiVersion") == nullptr;
}

yaml::Value* FindMain(Documents& documents) {
  for (yaml::Value& document : documents) {
    if (IsMain(document)) return &document;
  }
  return nullptr;
}

yaml::Value* FindDocument(Documents& documents, std::string_view kind, std::string_view name) {
  for (yaml::Value& document : documents) {
    const DocumentId id = IdOf(document);
    if (id.kind == kind && (name.empty() || id.name == name)) return &document;
  }
  return nullptr;
}

yaml::Value& EnsureDocument(Documents& documents, std::string_view kind, std::string_view name) {
  if (yaml::Value* found = FindDocument(documents, kind, name)) return *found;
  yaml::Value document;
  document.At("apiVersion") = yaml::Value("v1alpha1");
  document.At("kind") = yaml::Value(kind);
  if (!name.empty()) document.At("name") = yaml::Value(name);
  documents.push_back(std::move(document));
  return documents.back();
}

}  // namespace slipway::talos
