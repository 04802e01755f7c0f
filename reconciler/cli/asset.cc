#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "reconciler/cli/command.h"
#include "reconciler/publish/asset_fetcher.h"
#include "reconciler/status/view.h"

namespace slipway::cli {
namespace {

struct Options {
  std::string url;
  std::string name;
  std::vector<std::string> file_roots;
  std::string ca_file;
  Output output = Output::kText;
};

/// A bar on a terminal, silence elsewhere.
FetchControl ShowProgress(uint64_t done, uint64_t total) {
  if (::isatty(STDERR_FILENO) == 0) return FetchControl::kGoOn;
  constexpr int kWidth = 40;
  const int filled = total == 0 ? 0 : static_cast<int>(kWidth * done / total);
  std::fprintf(stderr, "\r[%.*s%*s] %s of %s ", filled, "########################################",
               kWidth - filled, "", HumanBytes(done).c_str(), total == 0 ? "?" : HumanBytes(total).c_str());
  return FetchControl::kGoOn;
}

/// The URL's last part as a resource name: lower case, digits, dashes and dots.
std::string NameFromUrl(const std::string& url) {
  const std::string path = url.substr(0, url.find('?'));
  std::string name;
  for (const char c : path.substr(path.rfind('/') + 1)) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    if (good)
      name += c;
    else if (c >= 'A' && c <= 'Z')
      name += static_cast<char>(c - 'A' + 'a');
    else
      name += '-';
  }
  while (!name.empty() && (name.front() == '-' || name.front() == '.')) name.erase(0, 1);
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  return name.empty() ? "asset" : name.substr(0, 200);
}

int Measure(const Options& options) {
  FetchOptions fetch;
  fetch.file_roots = options.file_roots;
  if (fetch.file_roots.empty() && options.url.starts_with("file://")) fetch.file_roots = {"/"};
  fetch.ca_file = options.ca_file;
  const auto measured = MeasureAsset(options.url, fetch, ShowProgress);
  if (::isatty(STDERR_FILENO) != 0) std::fputc('\n', stderr);
  if (!measured) {
    return Fail(measured.error().message,
                measured.error().reaction == Reaction::kFixInput ? kFoundProblems : kCouldNotRun);
  }
  const std::string name = options.name.empty() ? NameFromUrl(options.url) : options.name;
  const std::string digest = measured->digest.ToHex();
  if (options.output == Output::kJson) {
    const nlohmann::json j = {
        {"name", name}, {"url", options.url}, {"sha256", digest}, {"size", measured->size}};
    std::puts(j.dump(1).c_str());
    return kOk;
  }
  yaml::Value resource;
  resource.At("apiVersion") = yaml::Value("slipway/v1alpha1");
  resource.At("kind") = yaml::Value("Asset");
  resource.At("metadata").At("name") = yaml::Value(name);
  yaml::Value& spec = resource.At("spec");
  spec.At("url") = yaml::Value(options.url);
  spec.At("sha256") = yaml::Value(digest);
  std::printf("# %s\n%s", HumanBytes(measured->size).c_str(), yaml::Write(resource).c_str());
  return kOk;
}

}  // namespace

void AddAsset(CLI::App& app, Run& run) {
  CLI::App* command =
      app.add_subcommand("asset", "Download a file once and print its Asset resource with the digest");
  command->footer(
      "slipway asset https://factory.talos.dev/image/…/v1.11.6/kernel-amd64 --name talos-1.11-kernel >> "
      "assets.yaml");
  const auto options = std::make_shared<Options>();
  command->add_option("URL", options->url, "https://, http:// or file://")->required();
  command->add_option("--name", options->name, "the resource's name (default: the file's)");
  command->add_option("--file-root", options->file_roots,
                      "allow file:// only below this folder; may be repeated");
  command->add_option("--ca-file", options->ca_file, "certificate authorities for https:// (PEM)");
  AddOutputFlag(*command, options->output, {"text", "json"});
  command->callback([&run, options] { run = [options] { return Measure(*options); }; });
}

}  // namespace slipway::cli
