#include "reconciler/cli/daemon_flags.h"

#include <cstdio>

#include "reconciler/daemon/files.h"

namespace slipway::cli {
namespace {

void Print(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics)
    std::fprintf(stderr, "%s\n", FormatText(diagnostic).c_str());
}

}  // namespace

void DaemonFlags::AddTo(CLI::App& command) {
  values_.resize(ConfigKeys().size());
  command.add_option("-c,--config", file_, "the daemon's file; every key of it is also a flag below");
  for (size_t i = 0; i < values_.size(); ++i) {
    const ConfigKey& key = ConfigKeys()[i];
    CLI::Option* option = command.add_option(key.Flag(), values_[i], std::string(key.help));
    const bool number = key.kind == ConfigKey::Kind::kNumber;
    const bool flag = key.kind == ConfigKey::Kind::kSwitch;
    option->option_text(number ? "N" : flag ? "true|false" : "TEXT")->group("Keys of the file");
    if (key.kind != ConfigKey::Kind::kList) option->expected(1);
  }
}

std::optional<DaemonConfig> DaemonFlags::Load() const {
  yaml::Value document{yaml::Mapping{}};
  const std::string name = file_.empty() ? "command line" : file_;
  if (!file_.empty()) {
    const auto text = ReadSmallFile(file_);
    if (!text || !*text) {
      Fail(text ? "there is no " + file_ : text.error().message);
      return std::nullopt;
    }
    yaml::Stream stream = yaml::Read(**text, file_);
    if (!stream.problems.empty()) {
      Print(stream.problems);
      return std::nullopt;
    }
    if (!stream.documents.empty()) document = std::move(stream.documents.front().root);
  }
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!values_[i].empty() && (document.AsMapping() != nullptr))
      OverrideKey(document, ConfigKeys()[i], values_[i]);
  }
  auto config = DecodeConfig(document, name);
  if (config) return std::move(*config);
  Print(config.error());
  return std::nullopt;
}

std::vector<std::string> DaemonFlags::Words() const {
  std::vector<std::string> words;
  if (!file_.empty()) words.insert(words.end(), {"--config", file_});
  for (size_t i = 0; i < values_.size(); ++i) {
    for (const std::string& value : values_[i]) words.push_back(ConfigKeys()[i].Flag() + '=' + value);
  }
  return words;
}

}  // namespace slipway::cli
