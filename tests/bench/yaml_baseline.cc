// yaml_baseline FOLDER: parses every YAML file below a folder with yaml-cpp and does nothing else. What
// `slipway validate` is measured against.
#include <yaml-cpp/yaml.h>

#include <cstdio>
#include <exception>
#include <filesystem>

namespace {

bool IsYaml(const std::filesystem::directory_entry& entry) {
  const auto extension = entry.path().extension();
  return entry.is_regular_file() && (extension == ".yaml" || extension == ".yml");
}

int Run(const char* folder) {
  size_t files = 0;
  size_t documents = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!IsYaml(entry)) continue;
    documents += YAML::LoadAllFromFile(entry.path().string()).size();
    ++files;
  }
  std::printf("%zu files, %zu documents\n", files, documents);
  return files == 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: yaml_baseline FOLDER\n");
    return 2;
  }
  try {
    return Run(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "yaml_baseline: %s\n", error.what());
    return 2;
  }
}
