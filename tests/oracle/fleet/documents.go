package main

import (
	"fmt"
	"slices"
	"strings"
)

// From Talos 1.14 on what a Cluster and a Node say is written to documents. These are the patches that somebody would
// write by hand for a config of that generator.

func with(doc object, fields object) object {
	for key, value := range fields {
		doc[key] = value
	}
	return doc
}

func deleted(kind string) object { return with(document(kind, ""), object{"$patch": "delete"}) }

// clusterDocuments are settings of a Cluster that the generator has no option for.
func clusterDocuments(f *fleet, n node) []object {
	var all []object
	network := object{}
	for _, list := range []string{"podSubnets", "serviceSubnets"} {
		if subnets, ok := f.talos[list]; ok {
			network[list] = subnets
		}
	}
	if len(network) > 0 {
		all = append(all, with(document("KubeNetworkConfig", ""), network))
	}
	kubelet, _ := f.talos["kubelet"].(object)
	fields := object{}
	for ours, theirs := range map[string]string{"extraArgs": "extraArgs", "extraConfig": "config", "clusterDNS": "clusterDNS"} {
		if value, ok := kubelet[ours]; ok {
			fields[theirs] = value
		}
	}
	if len(fields) > 0 {
		all = append(all, with(document("KubeletConfig", ""), fields))
	}
	if subnets, ok := kubelet["nodeIP"]; ok {
		all = append(all, with(document("KubeNodeConfig", ""), object{"nodeIP": subnets}))
	}
	if cni, ok := f.talos["cni"].(object); ok && n.role == "controlplane" {
		all = append(all, pluginDocuments(cni)...)
	}
	return all
}

func pluginDocuments(cni object) []object {
	var all []object
	urls, _ := cni["urls"].([]string)
	switch cni["name"] {
	case "none":
		all = append(all, deleted("KubeFlannelCNIConfig"))
	case "cilium":
		all = append(all, deleted("KubeFlannelCNIConfig"), with(document("KubeProxyConfig", ""), object{"enabled": false}))
	}
	for i := 1; i < len(urls); i++ {
		name := fmt.Sprint("custom-cni-", i+1)
		all = append(all, with(document("KubeExternalManifestConfig", name), object{"url": urls[i]}))
	}
	return all
}

// nodeDocuments are a Node's disk, installer and marks.
func nodeDocuments(f *fleet, n node) []object {
	var all []object
	given := f.talos["install"].(object)
	match := fmt.Sprintf("disk.dev_path == %q", given["disk"])
	switch {
	case n.disk != "":
		match = fmt.Sprintf("disk.dev_path == %q", n.disk)
	case n.selector != nil:
		match = expression(n.selector)
	}
	// A patch that leaves the expression out takes it away.
	provisioning := object{"diskSelector": object{"match": match}}
	if given["wipe"] == true {
		provisioning["wipe"] = true
	}
	install := object{"provisioning": provisioning}
	image := n.image
	if image == "" && n.schematic != "" {
		image = "factory.talos.dev/metal-installer/" + n.schematic + ":" + f.versionOf(n)
	}
	if image != "" {
		install["installer"] = object{"image": image}
	}
	all = append(all, with(document("UnattendedInstallConfig", ""), install))
	marks := object{}
	for key, value := range map[string]object{"labels": n.labels, "annotations": n.annotations, "taints": n.taints} {
		if value != nil {
			marks[key] = value
		}
	}
	if len(marks) > 0 {
		all = append(all, with(document("KubeNodeConfig", ""), marks))
	}
	return all
}

// expression for the disks that a v1alpha1 selector would choose from: never device mappers, nor what cannot be written.
func expression(selector object) string {
	if match, ok := selector["match"].(string); ok {
		return match
	}
	var terms []string
	for key, value := range selector {
		text := value.(string)
		var term string
		switch key {
		case "size":
			term = "disk.size >= 100000000000u"
		case "type":
			term = map[string]string{"nvme": `disk.transport == "nvme"`, "sd": `disk.transport == "mmc"`, "hdd": "disk.rotational", "ssd": "!disk.rotational"}[text]
		default:
			field := "disk." + map[bool]string{true: "bus_path", false: key}[key == "busPath"]
			term = fmt.Sprintf("%s == %q", field, text)
			if strings.Contains(text, "*") {
				term = fmt.Sprintf("glob(%q, %s)", text, field)
			}
		}
		terms = append(terms, key+"\n"+term)
	}
	slices.Sort(terms)
	for i, term := range terms {
		_, terms[i], _ = strings.Cut(term, "\n")
	}
	return strings.Join(terms, " && ") + ` && disk.transport != "" && !disk.readonly && !disk.cdrom`
}

// randomDocumentPatch is a user's patch for machines of which the oldest has that release of Talos.
func randomDocumentPatch(d dice, oldest int) object {
	kinds := 1
	if oldest >= 14 {
		kinds = 8
	} else if oldest >= 13 {
		kinds = 2
	}
	switch d.Intn(kinds) {
	case 0:
		return with(document("TimeSyncConfig", ""), object{"ntp": object{"servers": []string{"time.example.org"}}})
	case 1:
		return with(document("EnvironmentConfig", ""), object{"variables": object{"GRPC_GO_LOG_VERBOSITY_LEVEL": fmt.Sprint(d.Intn(9))}})
	case 2:
		return with(document("SysctlConfig", ""), object{"params": object{"vm.nr_hugepages": fmt.Sprint(d.Intn(2048))}})
	case 3:
		return with(document("KubeletConfig", ""), object{"extraArgs": object{"feature-gates": "A=true"}})
	case 4:
		return with(document("KubeNodeConfig", ""), object{"labels": object{"patched": fmt.Sprint("v", d.Intn(9))}})
	case 5:
		// A list that takes the place of the one before; an empty one says something, too.
		domains := []string{"patched.example.org", "b.example.org"}[:d.Intn(3)]
		return with(document("ResolverConfig", ""), object{"searchDomains": object{"domains": domains}})
	case 6:
		// The second of these deletes what is not there.
		return deleted("FilesystemTrimConfig")
	}
	return with(document("VolumeConfig", "EPHEMERAL"), object{"mount": object{"secure": d.maybe()}})
}
