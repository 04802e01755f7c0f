#include "tests/reconciler/plan/known_fixture.h"

#include "tests/reconciler/secrets/seal.h"

namespace slipway::plan {
namespace {

constexpr int kWorkers = 30;

std::string Two(int number) { return std::to_string(number / 10) + std::to_string(number % 10); }
std::string PathOf(int number) {
  return "nodes/r" + std::to_string(number % 3) + "/w" + Two(number) + ".yaml";
}

std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  const size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what << " in " << text;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

std::string ControlPlaneText(int number, const std::string& more = "") {
  return NodeYaml("cp-" + std::to_string(number), "02:00:00:00:01:0" + std::to_string(number), "controlplane",
                  "  network:\n    interfaces:\n      - interface: eth0\n        addresses: [10.0.1." +
                      std::to_string(number) + "/16]\n        vip: {ip: 10.0.9.9}\n" + more);
}

std::string Clear() {
  return "  patches: [{inline: {machine: {sysctls: {vm.b: " + std::string(kCanary) + "}}}}]\n";
}

}  // namespace

secrets::Decryptor OwnDecryptor() {
  return secrets::Decryptor(*secrets::ParseIdentities(secrets::TestIdentity()));
}

std::string WorkerText(int number, const std::string& more) {
  const std::string name = "w" + Two(number);
  return "apiVersion: slipway/v1alpha1\nkind: Node\nmetadata: {name: " + name + ", labels: {rack: r" +
         std::to_string(number % 3) + "}}\nspec:\n  cluster: home\n  role: worker\n" +
         "  identity: {macs: [\"02:00:00:00:00:" + Two(number) + "\"], serial: S" + Two(number) + "}\n" +
         "  network: {addresses: [10.0.2." + std::to_string(number) + "/16]}\n" + more;
}

Files LargeFleet() {
  Files files = SmallFleet();
  files.erase("nodes/worker-1.yaml");
  files.erase("nodes/cp-1.yaml");
  files["site.yaml"] =
      Replaced(files["site.yaml"], "8080\"}\n",
               "8080\"}\n  subnets: [{cidr: 10.0.0.0/16, gateway: 10.0.0.1}]\n  guards: {maxWithdrawn: 1, "
               "maxWithdrawnPercent: 5, maxControlPlanes: 1}\n");
  const std::string home = files["cluster.yaml"];
  files["cluster.yaml"] = Replaced(home, "patches: {worker: [{file: patches/worker.yaml}]}",
                                   "patches:\n    worker: [{file: patches/worker.yaml}]\n    selectors:\n"
                                   "      - {matchLabels: {rack: r2}, patches: [{file: patches/r2.yaml}]}");
  files["other.yaml"] =
      Replaced(Replaced(Replaced(home, "{name: home}", "{name: other}"), "128.100", "128.200"),
               "worker: base/worker.yaml", "worker: base/other.yaml");
  files["base/other.yaml"] = secrets::SealSops(Replaced(
      files["base/worker.yaml"], "type: worker\n", "type: worker\n  token: " + std::string(kCanary) + "\n"));
  files["patches/r2.yaml"] = secrets::SealAge("machine: {env: {TOKEN: r2-" + std::string(kCanary) + "}}\n",
                                              secrets::TestRecipient(), secrets::Form::kArmored);
  files["patches/own.yaml"] = "machine: {sysctls: {vm.own: \"1\"}}\n";
  files["README.md"] = "A fleet.\n";
  for (int n = 1; n <= 3; ++n) files["nodes/cp-" + std::to_string(n) + ".yaml"] = ControlPlaneText(n);
  for (int n = 1; n <= kWorkers; ++n) files[PathOf(n)] = WorkerText(n);
  files["nodes/other.yaml"] = Replaced(WorkerText(50), "cluster: home", "cluster: other");
  files["nodes/other-2.yaml"] = Replaced(WorkerText(51), "cluster: home", "cluster: other");
  return files;
}

void Editor::EditMachine(Files& files, int number) {
  const std::string path = PathOf(number);
  switch (Pick(10)) {
    case 0:
      files.erase(path);
      return;
    case 1:
      files[path] = WorkerText(number, "  patches: [{file: patches/own.yaml}]\n");
      return;
    case 2:
      files[path] = WorkerText(number, Clear());
      return;
    case 3:
      files[path] = WorkerText(number) + "---\n" + WorkerText(number + 40);
      return;
    case 4:
      files["moved/" + Two(number) + ".yml"] = WorkerText(number);
      files.erase(path);
      return;
    case 5:
      files[path] = Replaced(WorkerText(number), "labels: {rack: r", "labels: {rack: r2, was: r");
      return;
    case 6:
      files[path] = WorkerText(number,
                               "  install: {disk: /dev/sda, revision: 2}\n"
                               "  wipe: {disks: [/dev/sda], until: \"2099-12-24\"}\n");
      return;
    case 7:
      files["new/" + Two(number) + ".yaml"] = WorkerText(number + 60);
      return;
    default:
      files[path] = WorkerText(
          number, "  patches: [{inline: {machine: {env: {A: v" + std::to_string(Pick(5)) + "}}}}]\n");
  }
}

/// What one machine says twice with another one.
void Editor::Collide(Files& files, int number) {
  const int other = static_cast<int>(Pick(kWorkers)) + 1;
  const std::string mine = "new/" + Two(number) + ".yaml";
  const std::string text = WorkerText(number + 60);
  switch (Pick(8)) {
    case 0:
      files[mine] = Replaced(text, "00:" + Two(number + 60) + "\"", "00:" + Two(other) + "\"");
      return;
    case 1:
      files[mine] = Replaced(text, "name: w" + Two(number + 60), "name: w" + Two(other));
      return;
    case 2:
      files[mine] =
          Replaced(text, "10.0.2." + std::to_string(number + 60), "10.0.2." + std::to_string(other));
      return;
    case 3:
      files[mine] = Replaced(text, "serial: S" + Two(number + 60), "serial: S" + Two(other));
      return;
    case 4:
      files[mine] = Replaced(text, "network: {", "network: {hostname: W" + Two(other) + ", ");
      return;
    case 5:
      for (int n = 1; n <= 3; ++n)
        files["nodes/cp-" + std::to_string(n) + ".yaml"] =
            Replaced(ControlPlaneText(n), "10.0.9.9", "10.0.2." + std::to_string(other));
      return;
    case 6:
      files[mine] =
          Replaced(text, "role: worker\n", "role: worker\n  patches: [{file: " + PathOf(other) + "}]\n");
      return;
    default:
      files[mine] =
          "apiVersion: slipway/v1alpha1\nkind: Node\n" + std::string(Pick(2) == 0 ? "a: [\n" : "spec: {}\n");
  }
}

void Editor::EditShared(Files& files) {
  switch (Pick(12)) {
    case 0:
      files["site.yaml"] = Replaced(LargeFleet()["site.yaml"], "maxWithdrawn: 1", "maxWithdrawn: 3");
      return;
    case 1:
      files["site.yaml"] = Replaced(LargeFleet()["site.yaml"], "gateway: 10.0.0.1", "gateway: 10.0.2.7");
      return;
    case 2:
      files["cluster.yaml"] = Replaced(LargeFleet()["cluster.yaml"], "v1.11.6", "v1.11.5");
      return;
    case 3:
      files["patches/worker.yaml"] =
          "machine: {sysctls: {vm.swappiness: \"" + std::to_string(Pick(9)) + "\"}}\n";
      return;
    case 4:
      files["patches/r2.yaml"] = secrets::SealAge("machine: {env: {TOKEN: other}}\n",
                                                  secrets::TestRecipient(), secrets::Form::kArmored);
      return;
    case 5:
      files.erase(Pick(2) == 0 ? "patches/own.yaml" : "patches/worker.yaml");
      return;
    case 6:
      files["templates/node.ipxe.mustache"] = "#!ipxe\nkernel {{{kernel_url}}}\nboot\n";
      return;
    case 7:
      files[".slipwayignore"] = Pick(2) == 0 ? "new/\n" : "nodes/r1/\n";
      return;
    case 8:
      files["README.md"] += "More.\n";
      return;
    case 9:
      files["nodes/cp-1.yaml"] = ControlPlaneText(1, "  patches: [{inline: {machine: {env: {A: b}}}}]\n");
      return;
    case 10:
      files.erase(Pick(2) == 0 ? "nodes/cp-2.yaml" : "nodes/other.yaml");
      return;
    default:
      files["nodes/other.yaml"] = Replaced(WorkerText(50, Clear()), "cluster: home", "cluster: other");
  }
}

void Editor::Edit(Files& files) {
  const int number = static_cast<int>(Pick(kWorkers)) + 1;
  const size_t kind = Pick(10);
  if (kind < 6) {
    EditMachine(files, number);
  } else if (kind < 8) {
    Collide(files, number);
  } else {
    EditShared(files);
  }
}

}  // namespace slipway::plan
