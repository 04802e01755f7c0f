#include "reconciler/render/trace.h"

#include <algorithm>

#include "reconciler/render/render_pass.h"

namespace slipway {
namespace {

/// A key that needs no quotes in a path.
bool IsPlainKey(const std::string& key) {
  return !key.empty() && key.find_first_of(".[]\"") == std::string::npos;
}

class Tracer {
 public:
  Tracer(const SourceTable& sources, std::vector<TracedField>& fields) : sources_(sources), fields_(fields) {}

  void Document(const yaml::Value& document) {
    const talos::DocumentId id = talos::IdOf(document);
    document_ = id.kind + (id.name.empty() ? "" : "/" + id.name);
    Visit(document, "");
  }

 private:
  void Visit(const yaml::Value& value, const std::string& path) {
    const yaml::Mapping* mapping = value.AsMapping();
    const yaml::Sequence* sequence = value.AsSequence();
    if (mapping != nullptr && !mapping->empty()) {
      for (const yaml::Entry& entry : *mapping) {
        const std::string key = IsPlainKey(entry.key) ? entry.key : '"' + entry.key + '"';
        Visit(entry.value, path + (path.empty() ? "" : ".") + key);
      }
    } else if (sequence != nullptr && !sequence->empty()) {
      for (size_t i = 0; i < sequence->size(); ++i)
        Visit((*sequence)[i], path + '[' + std::to_string(i) + ']');
    } else {
      const Mark mark = value.mark();
      fields_.push_back(
          {document_, path, std::string(sources_.PathOf(mark.source)), {mark.line, mark.column}});
    }
  }

  const SourceTable& sources_;
  std::vector<TracedField>& fields_;
  std::string document_;
};

}  // namespace

tl::expected<std::vector<TracedField>, Diagnostic> TraceNode(const Renderer::Plan& plan,
                                                             std::string_view node) {
  const RenderPass& pass = *plan.pass;
  const auto found = std::find_if(pass.nodes.begin(), pass.nodes.end(),
                                  [node](const PlannedNode& planned) { return planned.node->name == node; });
  std::vector<TracedField> fields;
  if (found == pass.nodes.end()) return fields;
  const auto documents = pass.Compose(static_cast<size_t>(found - pass.nodes.begin()));
  if (!documents) return tl::make_unexpected(documents.error());
  Tracer tracer(pass.patches.sources(), fields);
  for (const yaml::Value& document : *documents) tracer.Document(document);
  return fields;
}

}  // namespace slipway
