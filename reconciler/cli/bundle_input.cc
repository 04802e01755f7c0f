#include "reconciler/cli/bundle_input.h"

#include <charconv>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "reconciler/cli/command.h"
#include "schema/fleet/talos_release.h"

namespace slipway::cli {

Result<std::string> ReadInput(const std::string& path) {
  const yaml::Limits limits;
  std::ifstream file;
  if (path != "-") file.open(path, std::ios::binary);
  std::istream& stream = path == "-" ? std::cin : file;
  std::string bytes;
  if (stream) bytes.assign(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  if (!stream || stream.bad()) return Retry("reading " + path + " failed; is it there, is it readable?");
  if (bytes.size() > limits.bytes) return FixInput(path + " is too large");
  return bytes;
}

std::optional<std::vector<yaml::Document>> ReadYamlInput(const std::string& path,
                                                         const secrets::Decryptor& decryptor) {
  const auto bytes = ReadInput(path);
  if (!bytes) {
    Fail(bytes.error().message);
    return std::nullopt;
  }
  yaml::Stream stream = decryptor.Read(*bytes, path).stream;
  for (const Diagnostic& problem : stream.problems) std::fprintf(stderr, "%s\n", FormatText(problem).c_str());
  if (!stream.problems.empty()) return std::nullopt;
  return std::move(stream.documents);
}

void PrintBundleProblems(const std::string& path, const std::vector<talos::BundleProblem>& problems) {
  for (const talos::BundleProblem& problem : problems) {
    const Diagnostic diagnostic{path,       problem.mark, problem.code, Severity::kError, problem.message,
                                problem.fix};
    std::fprintf(stderr, "%s\n", FormatText(diagnostic).c_str());
  }
}

std::optional<talos::Bundle> ReadBundleFile(const std::string& path, const secrets::Decryptor& decryptor) {
  const auto documents = ReadYamlInput(path, decryptor);
  if (!documents) return std::nullopt;
  auto bundle = talos::ReadBundle(documents->empty() ? yaml::Value() : documents->front().root);
  if (bundle) return std::move(*bundle);
  PrintBundleProblems(path, bundle.error());
  return std::nullopt;
}

std::optional<TalosVersion> ReadTalosVersion(const std::string& text) {
  if (auto version = ParseKnownTalosVersion(text)) return version;
  Fail("--talos-version " + text + ": write a version from v1.8 to v1.14", kFoundProblems);
  return std::nullopt;
}

std::optional<int64_t> ReadDuration(const std::string& text) {
  constexpr int64_t kMost = int64_t{200} * 366 * 24 * 3600;
  int64_t seconds = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    int64_t number = 0;
    const auto [unit, error] = std::from_chars(at, end, number);
    const int64_t factor = unit == end ? 0 : *unit == 'h' ? 3600 : *unit == 'm' ? 60 : *unit == 's' ? 1 : 0;
    if (error != std::errc{} || number < 0 || number > kMost || factor == 0) return std::nullopt;
    seconds += number * factor;
    if (seconds > kMost) return std::nullopt;
    at = unit + 1;
  }
  return seconds > 0 ? std::optional<int64_t>(seconds) : std::nullopt;
}

}  // namespace slipway::cli
