// What a revision tells the boot network beside scripts and configs: names, addresses, loaders,
// installations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reconciler/render/fleet_fixture.h"

namespace slipway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Files WithSite(Files files, const std::string& lines) {
  std::string& site = files["site.yaml"];
  const std::string anchor = "  bootServer: {url: \"http://10.0.5.10:8080\"}\n";
  site.insert(site.find(anchor) + anchor.size(), lines);
  return files;
}

std::string WorkerWith(const std::string& more) {
  return NodeYaml("worker-9", "02:00:00:00:00:99", "worker", more);
}

Rendered Good(const Files& files) {
  Rendered rendered = Walker().Walk(files);
  EXPECT_FALSE(HasErrors(rendered.diagnostics)) << FormatText(rendered.diagnostics.front());
  return rendered;
}

const BootEntry& Row(const Rendered& rendered) {
  static const BootEntry kNone;
  const BootEntry* entry = rendered.manifest.FindMac(*Mac::Parse("02:00:00:00:00:99"));
  EXPECT_NE(entry, nullptr);
  return entry == nullptr ? kNone : *entry;
}

TEST(BootTable, AFixedAddressIsTheOneInsideASubnetOfTheSite) {
  Files files = WithSite(SmallFleet(), "  subnets: [{cidr: 10.0.128.0/24, gateway: 10.0.128.1}]\n");
  files["nodes/w.yaml"] =
      WorkerWith("  network: {addresses: [192.0.2.7/24, 10.0.128.9/24], gateway: 10.0.128.1}\n");
  const Rendered rendered = Good(files);
  EXPECT_EQ(Row(rendered).address, Ipv4Prefix::Parse("10.0.128.9/24"));
  ASSERT_EQ(rendered.manifest.subnets.size(), 1U);
  EXPECT_EQ(rendered.manifest.subnets[0].gateway, Ipv4::Parse("10.0.128.1"));
}

TEST(BootTable, NamesAreThoseOfHostsAndEndpointsAndOnlyWhereDnsIsAskedFor) {
  Files files = SmallFleet();
  std::string& cluster = files["cluster.yaml"];
  const std::string endpoint = "https://10.0.128.100:6443";
  cluster.replace(cluster.find(endpoint), endpoint.size(), "https://controlplane.talos:6443");
  files["nodes/w.yaml"] = WorkerWith("  network: {hostname: Worker-Nine, addresses: [10.0.128.9/24]}\n");
  files["nodes/cp.yaml"] = NodeYaml("cp-9", "02:00:00:00:00:98", "controlplane",
                                    "  network: {hostname: cp.other.org, addresses: [10.0.128.8/24]}\n");
  EXPECT_TRUE(Good(files).manifest.names.empty());
  const Rendered rendered = Good(WithSite(files, "  dns: {domain: home.arpa, ttl: 2m}\n"));
  EXPECT_EQ(rendered.manifest.dns.ttl_seconds, 120U);
  const std::vector<DnsName> wanted = {{"controlplane.talos", {*Ipv4::Parse("10.0.128.8")}},
                                       {"cp.other.org", {*Ipv4::Parse("10.0.128.8")}},
                                       {"worker-nine.home.arpa", {*Ipv4::Parse("10.0.128.9")}}};
  EXPECT_EQ(rendered.manifest.names, wanted);
}

TEST(BootTable, ALoaderAddsItsOwnFormOfTheScript) {
  Files files = SmallFleet();
  files["nodes/w.yaml"] = WorkerWith("  boot: {loader: grub}\n");
  const Rendered grub = Good(files);
  EXPECT_EQ(Row(grub).loader, Loader::kGrub);
  const std::string& config = grub.files.at("nodes/02-00-00-00-00-99.grub.cfg");
  EXPECT_THAT(config, HasSubstr("linux /assets/aaaa"));
  EXPECT_THAT(config, HasSubstr("talos.config=http://10.0.5.10:8080/talos/configs/02-00-00-00-00-99.yaml"));
  EXPECT_EQ(grub.files.count("nodes/02-00-00-00-00-99.ipxe"), 1U)
      << "a card with iPXE in its ROM still boots";
  files["nodes/w.yaml"] = WorkerWith("  boot: {loader: pxelinux}\n");
  const Rendered pxelinux = Good(files);
  EXPECT_THAT(pxelinux.files.at("nodes/02-00-00-00-00-99.pxelinux.cfg"), HasSubstr("KERNEL assets/aaaa"));
  EXPECT_EQ(pxelinux.files.count("nodes/02-00-00-00-00-99.grub.cfg"), 0U);
}

TEST(BootTable, GrubGetsArgumentsThatItsShellLeavesAlone) {
  Files files = SmallFleet();
  std::string& cluster = files["cluster.yaml"];
  const std::string boot = "amd64: {kernel: kernel, initramfs: initramfs}\n";
  cluster.insert(cluster.find(boot) + boot.size(),
                 "    args: [\"dyndbg=file;x\", \"console=ttyS0,115200\"]\n");
  files["nodes/w.yaml"] = WorkerWith("  boot: {loader: grub}\n");
  const std::string config = Good(files).files.at("nodes/02-00-00-00-00-99.grub.cfg");
  EXPECT_THAT(config, HasSubstr(" 'dyndbg=file;x' console=ttyS0,115200 "));
}

TEST(BootTable, AnInstalledMachineHasAWayToItsDisk) {
  Files files = SmallFleet();
  files["nodes/w.yaml"] = WorkerWith("  install: {revision: 3}\n");
  Rendered rendered = Good(files);
  EXPECT_EQ(Row(rendered).install_revision, 3U);
  EXPECT_EQ(Row(rendered).local_script, "local/exit.ipxe");
  EXPECT_THAT(rendered.files.at("local/exit.ipxe"), Not(HasSubstr("sanboot")));
  files["nodes/w.yaml"] = WorkerWith("  install: {revision: 3, exit: {method: sanboot, drive: 129}}\n");
  rendered = Good(files);
  EXPECT_THAT(rendered.files.at(Row(rendered).local_script), HasSubstr("--drive 0x81"));
  files["nodes/w.yaml"] = WorkerWith(
      "  install: {revision: 3, exit: {method: efi, file: '\\EFI\\talos\\boot.efi'}}\n  boot: {loader: "
      "grub}\n");
  rendered = Good(files);
  const std::string ipxe = Row(rendered).local_script;
  EXPECT_THAT(rendered.files.at(ipxe), HasSubstr("--filename \\EFI\\talos\\boot.efi"));
  const std::string grub = ipxe.substr(0, ipxe.rfind(".ipxe")) + ".grub.cfg";
  EXPECT_THAT(rendered.files.at(grub), HasSubstr("chainloader /EFI/talos/boot.efi"));
}

TEST(BootTable, AnOsAuthorityIsCarriedForClustersThatCountInstallations) {
  Files files = SmallFleet();
  EXPECT_TRUE(Good(files).manifest.clusters.empty());
  files["nodes/w.yaml"] = WorkerWith("  install: {revision: 1}\n");
  const Rendered rendered = Good(files);
  ASSERT_EQ(rendered.manifest.clusters.size(), 1U);
  EXPECT_EQ(rendered.manifest.clusters[0].os_ca, "crt\n") << "machine.ca.crt of the base, decoded";
}

TEST(BootTable, AWipeIsAScriptOfItsOwnInEveryFormThatTheMachineReads) {
  Files files = SmallFleet();
  files["nodes/w.yaml"] = WorkerWith(
      "  install: {disk: /dev/sda, revision: 2}\n  wipe: {disks: [/dev/sda], until: \"2026-12-24\"}\n"
      "  boot: {loader: grub}\n");
  const Rendered rendered = Good(files);
  EXPECT_EQ(Row(rendered).wipe_until, 1'798'156'800) << "the end of that day, UTC";
  for (const char* suffix : {".ipxe", ".grub.cfg"}) {
    const std::string stem = "nodes/02-00-00-00-00-99";
    EXPECT_THAT(rendered.files.at(stem + ".wipe" + suffix), HasSubstr("talos.experimental.wipe=system"));
    EXPECT_THAT(rendered.files.at(stem + suffix), Not(HasSubstr("experimental.wipe")));
  }
}

}  // namespace
}  // namespace slipway
