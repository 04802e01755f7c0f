// Encrypts standard input to the tests' own recipient: seal_tool age|age-binary|sops|sops-wrong-mac|identity
// [NUMBER].
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <iterator>

#include "tests/reconciler/secrets/seal.h"

int main(int argc, char** argv) {
  using namespace slipway::secrets;
  const std::string what = argc > 1 ? argv[1] : "";
  const auto number = static_cast<unsigned>(argc > 2 ? std::atoi(argv[2]) : 0);
  if (what == "identity") {
    std::puts(TestIdentity(number).c_str());
    return 0;
  }
  const std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
  SopsSealing sealing;
  sealing.recipient = TestRecipient(number);
  if (what == "sops-wrong-mac") sealing.mac = SopsSealing::Mac::kWrong;
  if (what == "sops" || what == "sops-wrong-mac") {
    std::cout << SealSops(text, sealing);
  } else if (what == "age" || what == "age-binary") {
    std::cout << SealAge(text, sealing.recipient, what == "age" ? Form::kArmored : Form::kBinary);
  } else {
    return 2;
  }
  return 0;
}
