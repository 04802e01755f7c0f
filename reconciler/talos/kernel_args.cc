#include "reconciler/talos/kernel_args.h"

#include <algorithm>
#include <string_view>

namespace slipway::talos {
namespace {

std::string_view NameOf(std::string_view arg) { return arg.substr(0, arg.find('=')); }

}  // namespace

std::vector<std::string> DefaultKernelArgs(const TalosVersion& version, Arch arch) {
  const int minor = version.minor;
  std::vector<std::string> args{"talos.platform=metal"};
  const auto add = [&args](std::initializer_list<const char*> more) {
    args.insert(args.end(), more.begin(), more.end());
  };
  if (arch == Arch::kArm64) {
    add({"console=ttyAMA0"});
  } else if (minor <= 7) {
    add({"console=ttyS0"});  // amd64 lost its serial console in 1.8: spec.boot.args brings it back
  }
  add({"console=tty0"});
  if (minor <= 13) add({"init_on_alloc=1"});
  // slab_nomerge and pti=on are enforced at boot: without them Talos stops.
  add({"slab_nomerge", "pti=on", "consoleblank=0"});
  if (minor <= 13) add({"nvme_core.io_timeout=4294967295"});
  add({"printk.devkmsg=on"});
  if (minor <= 10) add({"ima_template=ima-ng", "ima_appraise=fix", "ima_hash=sha512"});
  if (minor >= 10) add({"selinux=1"});
  if (minor >= 12) add({"module.sig_enforce=1"});
  if (minor >= 13) add({"proc_mem.force_override=never"});
  return args;
}

std::vector<std::string> MergeKernelArgs(std::vector<std::string> defaults,
                                         const std::vector<std::string>& user) {
  std::vector<std::string> added;
  for (const std::string& arg : user) {
    if (arg.starts_with('-')) {
      const std::string_view gone = std::string_view(arg).substr(1);
      std::erase_if(defaults, [gone](const std::string& d) { return d == gone || NameOf(d) == gone; });
      continue;
    }
    const std::string_view name = NameOf(arg);
    if (name == "console" || name == "talos.platform") {
      std::erase_if(defaults, [name](const std::string& d) { return NameOf(d) == name; });
    }
    added.push_back(arg);
  }
  defaults.insert(defaults.end(), added.begin(), added.end());
  return defaults;
}

}  // namespace slipway::talos
