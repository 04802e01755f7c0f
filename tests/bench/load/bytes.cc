#include "tests/bench/load/bytes.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace slipway::bench {

void Die(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(2);
}

Expected::Expected(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (fd < 0 || ::fstat(fd, &info) != 0) Die("cannot read " + path);
  size_ = static_cast<uint64_t>(info.st_size);
  if (size_ > 0) {
    void* at = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
    if (at == MAP_FAILED) Die("cannot map " + path);
    data_ = static_cast<const char*>(at);
  }
  ::close(fd);
}

Expected::~Expected() {
  if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

bool Expected::Matches(uint64_t offset, const void* bytes, size_t length) const {
  return offset + length <= size_ && std::memcmp(data_ + offset, bytes, length) == 0;
}

sockaddr_in Address(const std::string& host, uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  if (::inet_pton(AF_INET, host.c_str(), &out.sin_addr) != 1) Die(host + " is no IPv4 address");
  return out;
}

std::vector<sockaddr_in> Sources(const std::string& text) {
  const size_t plus = text.find('+');
  const int count = plus == std::string::npos ? 1 : std::stoi(text.substr(plus + 1));
  std::vector<sockaddr_in> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(Address(text.substr(0, plus), 0));
    all.back().sin_addr.s_addr = htonl(ntohl(all.back().sin_addr.s_addr) + static_cast<uint32_t>(i));
  }
  return all;
}

int64_t NowUs() {
  using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::steady_clock;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

void RaiseDescriptorLimit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace slipway::bench
