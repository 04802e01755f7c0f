// Install disks, Kubernetes labels and volumes, as each contract wants them.
#include "tests/reconciler/talos/node_forms.h"

namespace slipway::talos {
namespace {

constexpr const char* kBase = "machine: {type: controlplane, install: {disk: /dev/sda, wipe: false}}\n";

TEST(NodeInstall, ASelectorTakesTheDisksPlace) {
  ExpectForm(
      kBase,
      "  install: {diskSelector: {size: '>= 100GB', type: nvme}}\n  talos: {image: example.org/i:v1}\n",
      "v1.11.6", R"(
machine:
  type: controlplane
  install: {wipe: false, image: "example.org/i:v1", diskSelector: {size: '>= 100GB', type: nvme}}
)");
}

TEST(NodeInstall, From114FieldsBecomeCel) {
  const std::string schematic(64, 'a');
  ExpectForm("machine: {type: controlplane}\n",
             "  install: {diskSelector: {size: '<= 1.5TiB', model: 'WDC \"x\"*', serial: S1}}\n"
             "  talos: {schematic: " +
                 schematic + "}\n",
             "v1.14.0",
             R"(
machine: {type: controlplane}
---
apiVersion: v1alpha1
kind: UnattendedInstallConfig
installer: {image: "factory.talos.dev/metal-installer/)" +
                 schematic + R"(:v1.14.0"}
provisioning:
  diskSelector:
    match: 'disk.size <= 1649267441664u && glob("WDC \"x\"*", disk.model) && disk.serial == "S1" &&
      disk.transport != "" && !disk.readonly && !disk.cdrom'
  wipe: false
)");
  ExpectForm("machine: {type: controlplane}\n", "  install: {diskSelector: {match: disk.rotational}}\n",
             "v1.14.0", R"(
machine: {type: controlplane}
---
apiVersion: v1alpha1
kind: UnattendedInstallConfig
installer: {}
provisioning: {diskSelector: {match: disk.rotational}, wipe: false}
)");
}

TEST(NodeInstall, MatchHasNoPlaceInTheOldSection) {
  const auto node = NodeOf("  install: {diskSelector: {match: disk.rotational}}\n");
  Documents documents = DocumentsOf(kBase);
  const auto done = ApplyNode(documents, *node, {}, *TalosVersion::Parse("v1.14.0"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().file, "n1.yaml");
  EXPECT_GT(done.error().mark.line, 0u);
}

constexpr const char* kMarks =
    "  nodeLabels: {zone: a}\n  nodeAnnotations: {example.org/owner: x y}\n  nodeTaints: {gpu: "
    "'true:NoSchedule'}\n";

TEST(NodeKubernetes, LabelsGoWhereTheContractHasThem) {
  ExpectForm("machine: {nodeLabels: {old: b}}\n", kMarks, "v1.13.0", R"(
machine:
  nodeLabels: {old: b, zone: a}
  nodeAnnotations: {example.org/owner: x y}
  nodeTaints: {gpu: "true:NoSchedule"}
)");
  ExpectForm("machine: {}\n---\n{apiVersion: v1alpha1, kind: KubeNodeConfig, nodeIP: {}, labels: {old: b}}\n",
             kMarks, "v1.14.0", R"(
machine: {}
---
apiVersion: v1alpha1
kind: KubeNodeConfig
nodeIP: {}
labels: {old: b, zone: a}
annotations: {example.org/owner: x y}
taints: {gpu: "true:NoSchedule"}
)");
  ExpectForm("machine: {kubelet: {image: x}}\n", "  nodeLabels: {zone: a}\n", "v1.14.0",
             "machine: {kubelet: {image: x}, nodeLabels: {zone: a}}\n");
}

constexpr const char* kVolumes = R"(  volumes:
    - {name: EPHEMERAL, maxSize: 100GiB, grow: false, encryption: {keys: [{slot: 0, nodeID: {}}]}}
    - {name: STATE, encryption: {provider: luks2, keys: [{slot: 0, tpm: {}}], cipher: aes-xts-plain64}}
)";

TEST(NodeVolumes, BeforeVolumesHadEncryptionTheMachineHasIt) {
  ExpectForm("machine: {}\n", kVolumes, "v1.10.0", R"(
machine:
  systemDiskEncryption:
    ephemeral: {provider: luks2, keys: [{slot: 0, nodeID: {}}]}
    state: {provider: luks2, keys: [{slot: 0, tpm: {}}], cipher: aes-xts-plain64}
---
{apiVersion: v1alpha1, kind: VolumeConfig, name: EPHEMERAL, provisioning: {grow: false, maxSize: 100GiB}}
)");
}

TEST(NodeVolumes, LaterTheVolumeHasItAndTheOldSectionGoes) {
  ExpectForm("machine: {systemDiskEncryption: {ephemeral: {provider: luks2}, state: {provider: luks2}}}\n",
             kVolumes, "v1.13.0", R"(
machine: {}
---
apiVersion: v1alpha1
kind: VolumeConfig
name: EPHEMERAL
provisioning: {grow: false, maxSize: 100GiB}
encryption: {provider: luks2, keys: [{slot: 0, nodeID: {}}]}
---
apiVersion: v1alpha1
kind: VolumeConfig
name: STATE
encryption: {provider: luks2, keys: [{slot: 0, tpm: {}}], cipher: aes-xts-plain64}
)");
}

TEST(NodeVolumes, TheClustersComeFirstAndTheNodesReplaceThem) {
  const auto other = NodeOf(
      "  volumes:\n    - {name: data, minSize: 1GiB, diskSelector: {match: system_disk}}\n"
      "    - {name: EPHEMERAL, maxSize: 9GiB}\n");
  ExpectForm(
      "machine: {}\n---\n{apiVersion: v1alpha1, kind: VolumeConfig, name: EPHEMERAL, mount: {secure: "
      "true}}\n",
      "  volumes: [{name: data, volumeType: disk, diskSelector: {match: '!system_disk'}, filesystem: {type: "
      "ext4}}]\n",
      "v1.14.0", R"(
machine: {}
---
{apiVersion: v1alpha1, kind: VolumeConfig, name: EPHEMERAL, mount: {secure: true}, provisioning: {maxSize: 9GiB}}
---
apiVersion: v1alpha1
kind: UserVolumeConfig
name: data
volumeType: disk
provisioning: {diskSelector: {match: '!system_disk'}}
filesystem: {type: ext4}
)",
      other->Details().volumes);
}

}  // namespace
}  // namespace slipway::talos
