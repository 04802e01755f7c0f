// Linked with the program's own operator delete.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "schema/fleet/yaml.h"

namespace slipway {
namespace {

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

/// What lies at an address, whoever it belongs to.
std::string MemoryAt(const void* address, size_t size) {
  std::string bytes(size, '\0');
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  EXPECT_GE(memory, 0);
  const auto at = static_cast<off_t>(reinterpret_cast<uintptr_t>(address));
  EXPECT_EQ(::pread(memory, bytes.data(), size, at), static_cast<ssize_t>(size));
  ::close(memory);
  return bytes;
}

TEST(WipingDelete, NothingOfAReleasedYamlValueIsLeft) {
  const std::string canary = "a-secret-of-which-nothing-may-be-left-behind";
  const char* text = nullptr;
  const void* entry = nullptr;
  {
    const yaml::Stream stream = yaml::Read("machine: {token: " + canary + ", short: c4n4ry}\n", "x.yaml");
    const yaml::Value* machine = stream.documents.front().root.Find("machine");
    text = machine->Find("token")->AsString()->data();
    entry = machine->AsMapping()->data() + 1;
    EXPECT_EQ(MemoryAt(text, canary.size()), canary);
    EXPECT_NE(MemoryAt(entry, sizeof(yaml::Entry)).find("c4n4ry"), std::string::npos);
  }
  EXPECT_EQ(MemoryAt(text, canary.size()).find("secret"), std::string::npos);
  EXPECT_EQ(MemoryAt(entry, sizeof(yaml::Entry)).find("c4n4ry"), std::string::npos);
}

#else

TEST(WipingDelete, NothingOfAReleasedYamlValueIsLeft) {
  GTEST_SKIP() << "the sanitizer has its own operator delete";
}

#endif

}  // namespace
}  // namespace slipway
