#include "reconciler/render/fingerprint.h"

namespace slipway {

void Fingerprint::Add(std::string_view field) {
  data_ += std::to_string(field.size());
  data_ += ':';
  data_ += field;
}

void Fingerprint::Add(const Site& site) {
  Add(site.name);
  Add(site.boot_server.ToString());
  Add(ToString(site.unknown_machines));
}

void Fingerprint::Add(const std::vector<Patch>& patches) {
  Add(std::to_string(patches.size()));
  for (const Patch& patch : patches) {
    if (const auto* file = std::get_if<FileRef>(&patch.body)) {
      Add("file");
      Add(file->value);  // its content id is added by whoever resolves it
    } else {
      Add("inline");
      const auto& [documents, json] = std::get<InlinePatch>(patch.body);
      Add(json ? "JSON" : "");
      Add(std::to_string(documents.size()));
      for (const yaml::Value& document : documents) Add(yaml::Write(document));
    }
  }
}

void Fingerprint::Add(const std::vector<std::string>& texts) {
  Add(std::to_string(texts.size()));
  for (const std::string& text : texts) Add(text);
}

void Fingerprint::Add(const TalosOptions& options) {
  if (options == TalosOptions{}) {
    Add("default");
    return;
  }
  Add(options.dns_domain);
  Add(options.pod_subnets);
  Add(options.service_subnets);
  Add(std::to_string(static_cast<int>(options.cni)));
  Add(options.cni_urls);
  Add(options.cert_sans);
  Add(options.schedule_on_control_planes ? "schedule" : "");
  Add(options.discovery ? "discovery" : "");
  Add(!options.kubespan ? "" : *options.kubespan ? "kubespan" : "no kubespan");
  Add(std::to_string(options.registry_mirrors.size()));
  for (const auto& [host, endpoints] : options.registry_mirrors) {
    Add(host);
    Add(endpoints);
  }
  Add(std::to_string(options.sysctls.size()));
  for (const auto& [name, value] : options.sysctls) {
    Add(name);
    Add(value);
  }
  Add(yaml::Write(options.kubelet.extra_args));
  Add(yaml::Write(options.kubelet.extra_config));
  Add(yaml::Write(yaml::Value(options.kubelet.extra_mounts)));
  Add(options.kubelet.node_ip_subnets);
  Add(options.kubelet.cluster_dns);
  Add(std::to_string(options.local_api_server_port));
  Add(options.install.image);
  Add(options.install.schematic);
  Add(options.install.disk);
  Add(options.install.wipe ? "wipe" : "");
  Add(std::to_string(options.install.extra_kernel_args.size()));
  for (const auto& argument : options.install.extra_kernel_args) Add(argument.value);
}

void Fingerprint::Add(const Cluster& cluster) {
  Add(cluster.name);
  Add(cluster.endpoint);
  Add(cluster.talos_version.ToString());
  Add(cluster.kubernetes_version);
  Add(cluster.base_controlplane.value);
  Add(cluster.base_worker.value);
  Add(cluster.secrets.value);
  Add(cluster.talos);
  for (const auto& [arch, assets] : cluster.boot) {
    Add(ToString(arch));
    Add(assets.kernel.value);
    Add(assets.initramfs.value);
  }
  Add(std::to_string(cluster.kernel_args.size()));
  for (const std::string& arg : cluster.kernel_args) Add(arg);
  Add(cluster.menu.enabled ? "menu" : "");
  Add(std::to_string(cluster.menu.timeout_seconds));
  for (const Volume& volume : cluster.volumes) {
    for (const auto* text :
         {&volume.name, &volume.type, &volume.selector, &volume.min_size, &volume.max_size}) {
      Add(text->value);
    }
    Add(volume.grow ? (*volume.grow ? "grow" : "stay") : "");
    Add(yaml::Write(volume.filesystem));
    Add(yaml::Write(volume.encryption));
  }
  Add(cluster.patches_all);
  Add(cluster.patches_controlplane);
  Add(cluster.patches_worker);
  // Which of them a node gets is added with the node.
  for (const PatchSelector& selector : cluster.patch_selectors) Add(selector.patches);
}

void Fingerprint::Add(const Node& node) {
  Add(node.name);
  Add(node.cluster.value);
  Add(ToString(node.role));
  Add(ToString(node.arch));
  Add(std::to_string(node.macs.size()));
  for (const auto& mac : node.macs) Add(mac.value.ToColons());
  Add(node.hostname.value);
  Add(std::to_string(node.addresses.size()));
  for (const auto& address : node.addresses) Add(address.value.ToString());
  Add(node.gateway ? node.gateway->value.ToString() : "");
  Add(std::to_string(node.nameservers.size()));
  for (const auto& address : node.nameservers) Add(address.value.ToString());
  Add(node.install_disk.value);
  Add(node.Details().text);
  Add(node.patches);
}

Sha256 Fingerprint::Finish() { return Sha256::Of(data_); }

const Sha256& NodeFingerprints::Of(const std::shared_ptr<const Node>& node) {
  Known& known = known_[node.get()];
  known.used = true;
  if (known.node == nullptr) {
    known.node = node;
    Fingerprint fingerprint;
    fingerprint.Add(*node);
    known.digest = fingerprint.Finish();
  }
  return known.digest;
}

void NodeFingerprints::EndPass() {
  std::erase_if(known_, [](const auto& item) { return !item.second.used; });
  for (auto& [node, known] : known_) known.used = false;
}

}  // namespace slipway
