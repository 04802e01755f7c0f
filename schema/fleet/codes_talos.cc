// SW127x: what a Cluster says about machine configs that Slipway makes; SW142x, SW143x: secrets bundles and
// base configs. One row per code: what `slipway explain` prints.
#include "schema/fleet/code_texts.h"

namespace slipway {
namespace {

constexpr CodeText kTexts[] = {
    {1271, R"(SW1271: Kubernetes version outside the range

Each release of Talos runs a range of Kubernetes versions, and refuses a configuration with another one when the machine
boots. A node with a Talos version of its own must bear the cluster's Kubernetes version, too.

Wrong:

    talos: {version: v1.11.6, kubernetesVersion: v1.35.0, …}

Right:

    talos: {version: v1.11.6, kubernetesVersion: v1.34.1, …}
)"},
    {1272, R"(SW1272: unusable cluster network

Pods and services get one IPv4 network each, or one IPv6 network, or one of both; the two lists have networks of the same
families. The DNS domain is made of lower-case letters, digits, '-' and '.'.

Wrong:

    podSubnets: [10.244.0.0, 10.245.0.0/16]

Right:

    podSubnets: [10.244.0.0/16]
)"},
    {1273, R"(SW1273: unusable CNI

The CNI `custom` is the manifests at `urls`, http or https. The other ones have none: flannel comes with Talos, none and
cilium leave it to you to install a network, cilium without kube-proxy.

Wrong:

    cni: {name: custom}

Right:

    cni: {name: custom, urls: ["https://example.org/cni.yaml"]}
)"},
    {1274, R"(SW1274: unusable name for a certificate

`certSANs` are the names and addresses, besides the endpoint's, under which the Talos API and the Kubernetes API are
reached: DNS names and IP addresses, no URLs.

Wrong:

    certSANs: ["https://api.example.org"]

Right:

    certSANs: [api.example.org, 10.0.128.100]
)"},
    {1275, R"(SW1275: unusable registry mirror

A mirror is for a registry host, `*` for all that are not named, and is reached at http or https URLs.

Wrong:

    registryMirrors: {"https://ghcr.io": {endpoints: [mirror.example.org]}}

Right:

    registryMirrors: {ghcr.io: {endpoints: ["https://mirror.example.org"]}}
)"},
    {1276, R"(SW1276: unusable kubelet option

Arguments of the kubelet are texts, or lists of texts from Talos 1.13. `extraConfig` is part of the kubelet's own
configuration without the fields that Talos sets itself. `validSubnets` are addresses and networks, `clusterDNS` addresses.

Wrong:

    kubelet: {extraArgs: {max-pods: 200}, extraConfig: {staticPodPath: /etc/pods}}

Right:

    kubelet: {extraArgs: {max-pods: "200"}}
)"},
    {1277, R"(SW1277: unusable install option

`image` is the whole reference of an installer image, with a tag or a digest; `schematic` is an id of the image factory,
whose installer of the node's Talos version is taken. One of them, or none: then the plain installer is used.

Wrong:

    install: {image: installer, schematic: latest}

Right:

    install: {schematic: 376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba}
)"},
    {1278, R"(SW1278: an option beside base files

These options say how Slipway makes the base configurations out of a secrets bundle. Where `base` names files of yours,
they would have no effect. `kubernetesVersion` may stay: it is compared with the files.

Wrong:

    talos: {version: v1.11.6, base: {worker: base/worker.yaml}, dnsDomain: example.org}

Right:

    talos: {version: v1.11.6, secrets: secrets/home.yaml, dnsDomain: example.org}
)"},
    {1279, R"(SW1279: KubeSpan without discovery

The members of a KubeSpan network find each other by the discovery service.

Wrong:

    kubespan: {enabled: true}
    discovery: {enabled: false}

Right:

    kubespan: {enabled: true}
)"},
    {1421, R"(SW1421: secrets bundle

The file that spec.talos.secrets names is not a secrets bundle as `slipway secrets new` or `talosctl gen secrets` writes it:
a field is missing or has another form. A bundle has exactly one encryption secret.

Wrong:

    secrets: {bootstraptoken: abc}

Right:

    the whole file that `slipway secrets new` made
)"},
    {1422, R"(SW1422: unusable key or certificate in a secrets bundle

Certificates and keys are PEM texts in base64. Each parses, and each certificate belongs to the key beside it. Talos knows
keys under the labels EC PRIVATE KEY, RSA PRIVATE KEY and ED25519 PRIVATE KEY.

Wrong:

    os: {crt: <of one bundle>, key: <of another>}

Right:

    os: {crt: <of one bundle>, key: <of the same bundle>}
)"},
    {1423, R"(SW1423: a bundle with the older encryption secret

A bundle from before Talos 1.3 has an `aescbcencryptionsecret`. The configurations of Talos 1.8 to 1.13 that are made from it
do not hold it, as those of `talosctl gen config` do not: a control plane that is set up with them cannot read what the
cluster wrote.

Wrong:

    secrets: {aescbcencryptionsecret: …}        # and nothing else

Right:

    patches: {controlplane: [{file: patches/aescbc.sops.yaml}]}   # cluster: {aescbcEncryptionSecret: …}
)"},
    {1431, R"(SW1431: a base config of the other role

`machine.type` of the base file says another role than the one it is given for.

Wrong:

    base: {worker: base/controlplane.yaml}

Right:

    base: {worker: base/worker.yaml}
)"},
    {1432, R"(SW1432: a base config of another version

The base file was made for another release of Talos: it has a kind of document that came later than the cluster's version,
or the image of a Kubernetes version that this Talos does not run. The machine would refuse it.

Wrong:

    kind: HostnameConfig           # since Talos 1.12, in a base for version v1.11.6

Right:

    the file that `talosctl gen config --talos-version v1.11.6` made
)"},
    {1433, R"(SW1433: a worker's base config with a control plane's key

A worker has the certificates of the cluster's authorities, not their keys, and nothing of etcd. Talos refuses it, and the
keys of the cluster must not lie on workers.

Wrong:

    machine: {type: worker, ca: {crt: …, key: LS0t…}}

Right:

    machine: {type: worker, ca: {crt: …, key: ""}}
)"},
    {1434, R"(SW1434: a base config for another Kubernetes version

spec.talos.kubernetesVersion differs from the image in the base file. The file is what machines get.

Wrong:

    kubernetesVersion: v1.34.1     # and the base has ghcr.io/siderolabs/kubelet:v1.33.0

Right:

    kubernetesVersion: v1.33.0
)"},
};

}  // namespace

std::span<const CodeText> TalosCodes() { return kTexts; }

}  // namespace slipway
