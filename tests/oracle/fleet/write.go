package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"gopkg.in/yaml.v3"
)

func resource(kind, name string, spec object) object {
	return object{"apiVersion": "slipway/v1alpha1", "kind": kind, "metadata": object{"name": name}, "spec": spec}
}

// The fleet as a repository.
func write(f *fleet, bundle, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	secrets, err := os.ReadFile(bundle)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "secrets.yaml"), secrets, 0o600); err != nil {
		return err
	}
	talos := maps.Clone(f.talos)
	talos["version"], talos["kubernetesVersion"], talos["secrets"] = f.talosVersion, f.kubernetes, "secrets.yaml"
	cluster := object{"endpoint": f.endpoint, "talos": talos,
		"boot": object{"amd64": object{"kernel": "kernel", "initramfs": "initramfs"}}}
	if f.volumes != nil {
		cluster["volumes"] = f.volumes
	}
	patches := object{}
	if f.patchesAll != nil {
		patches["all"] = inline(f.patchesAll)
	}
	for role, list := range f.patchesRole {
		patches[role] = inline(list)
	}
	if len(patches) > 0 {
		cluster["patches"] = patches
	}
	digest := strings.Repeat("a", 64)
	all := []object{
		resource("Site", "site", object{"bootServer": object{"url": "http://10.0.5.10:8080"}}),
		resource("Asset", "kernel", object{"url": "https://example.org/kernel", "sha256": digest}),
		resource("Asset", "initramfs", object{"url": "https://example.org/initramfs", "sha256": digest}),
		resource("Cluster", f.clusterName, cluster),
	}
	for _, n := range f.nodes {
		all = append(all, resource("Node", n.name, nodeSpec(f, n)))
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	for _, value := range all {
		if err := encoder.Encode(value); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(folder, "fleet.yaml"), text.Bytes(), 0o600)
}

func inline(patches []object) []object {
	var all []object
	for _, patch := range patches {
		all = append(all, object{"inline": patch})
	}
	return all
}

func nodeSpec(f *fleet, n node) object {
	network := object{"hostname": n.hostname}
	set := func(into object, key string, value any, there bool) {
		if there {
			into[key] = value
		}
	}
	set(network, "addresses", n.addresses, n.addresses != nil)
	set(network, "gateway", n.gateway, n.gateway != "")
	set(network, "nameservers", n.nameservers, n.nameservers != nil)
	set(network, "searchDomains", n.domains, n.domains != nil)
	set(network, "interfaces", n.interfaces, n.interfaces != nil)
	spec := object{"cluster": f.clusterName, "role": n.role, "identity": object{"macs": n.macs}, "network": network}
	install := object{}
	set(install, "disk", n.disk, n.disk != "")
	set(install, "diskSelector", n.selector, n.selector != nil)
	set(spec, "install", install, len(install) > 0)
	set(spec, "talos", object{"image": n.image}, n.image != "")
	set(spec, "nodeLabels", n.labels, n.labels != nil)
	set(spec, "nodeAnnotations", n.annotations, n.annotations != nil)
	set(spec, "nodeTaints", n.taints, n.taints != nil)
	set(spec, "volumes", n.volumes, n.volumes != nil)
	set(spec, "patches", inline(n.patches), n.patches != nil)
	return spec
}
