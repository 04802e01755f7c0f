package main

import (
	"bytes"
	"fmt"
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
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	for _, value := range resources(f) {
		if err := encoder.Encode(value); err != nil {
			return err
		}
	}
	for path, patch := range patchFiles(f) {
		bytes, err := yaml.Marshal(patch)
		if err != nil {
			return err
		}
		if err = os.WriteFile(filepath.Join(folder, path), bytes, 0o600); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(folder, "fleet.yaml"), text.Bytes(), 0o600)
}

// Every second patch of a list is a file of its own, named after its list.
func patchFiles(f *fleet) map[string]object {
	files := map[string]object{}
	add := func(list string, patches []object) {
		for i := 1; i < len(patches); i += 2 {
			files[patchFile(list, i)] = patches[i]
		}
	}
	add("all", f.patchesAll)
	for role, patches := range f.patchesRole {
		add(role, patches)
	}
	for i, chosen := range f.selectors {
		add(fmt.Sprint("selector-", i), chosen.patches)
	}
	for _, n := range f.nodes {
		add(n.name, n.patches)
	}
	return files
}

func patchFile(list string, i int) string { return fmt.Sprintf("patch-%s-%d.yaml", list, i) }

func patchList(list string, patches []object) []object {
	var all []object
	for i, patch := range patches {
		if i%2 == 1 {
			all = append(all, object{"file": patchFile(list, i)})
		} else {
			all = append(all, object{"inline": patch})
		}
	}
	return all
}

func resources(f *fleet) []object {
	talos := maps.Clone(f.talos)
	talos["version"], talos["kubernetesVersion"], talos["secrets"] = f.talosVersion, f.kubernetes, "secrets.yaml"
	assets := object{"kernel": "kernel", "initramfs": "initramfs"}
	boot := maps.Clone(f.boot)
	boot["amd64"], boot["arm64"] = assets, assets
	cluster := object{"endpoint": f.endpoint, "talos": talos, "boot": boot}
	if f.volumes != nil {
		cluster["volumes"] = f.volumes
	}
	patches := object{}
	if f.patchesAll != nil {
		patches["all"] = patchList("all", f.patchesAll)
	}
	for role, list := range f.patchesRole {
		patches[role] = patchList(role, list)
	}
	var selectors []object
	for i, chosen := range f.selectors {
		written := maps.Clone(chosen.written)
		written["patches"] = patchList(fmt.Sprint("selector-", i), chosen.patches)
		selectors = append(selectors, written)
	}
	if selectors != nil {
		patches["selectors"] = selectors
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
		made := resource("Node", n.name, nodeSpec(f, n))
		if n.marks != nil {
			made["metadata"].(object)["labels"] = n.marks
		}
		all = append(all, made)
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
	identity := object{"macs": n.macs}
	set(identity, "uuid", n.uuid, n.uuid != "")
	set(identity, "serial", n.serial, n.serial != "")
	spec := object{"cluster": f.clusterName, "role": n.role, "identity": identity, "network": network}
	set(spec, "arch", n.arch, n.arch != "")
	install := maps.Clone(n.install)
	set(install, "disk", n.disk, n.disk != "")
	set(install, "diskSelector", n.selector, n.selector != nil)
	set(spec, "install", install, len(install) > 0)
	talos := object{}
	set(talos, "image", n.image, n.image != "")
	set(talos, "schematic", n.schematic, n.schematic != "")
	set(talos, "version", n.version, n.version != "")
	set(spec, "talos", talos, len(talos) > 0)
	boot := object{}
	set(boot, "kernel", "kernel", n.version != "")
	set(boot, "initramfs", "initramfs", n.version != "")
	set(boot, "loader", n.loader, n.loader != "")
	set(spec, "boot", boot, len(boot) > 0)
	set(spec, "wipe", n.wipe, n.wipe != nil)
	set(spec, "nodeLabels", n.labels, n.labels != nil)
	set(spec, "nodeAnnotations", n.annotations, n.annotations != nil)
	set(spec, "nodeTaints", n.taints, n.taints != nil)
	set(spec, "volumes", n.volumes, n.volumes != nil)
	set(spec, "patches", patchList(n.name, n.patches), n.patches != nil)
	return spec
}
