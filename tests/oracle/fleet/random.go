package main

import (
	"fmt"
	"math/rand"
	"strings"
)

type object = map[string]any

// What a fleet is made of: the resources as they are written, and the same again for the referee.
type fleet struct {
	minor         int
	talosVersion  string
	kubernetes    string
	endpoint      string
	talos         object // Cluster.spec.talos without versions and secrets
	volumes       []object
	patchesAll    []object
	patchesRole   map[string][]object
	nodes         []node
	clusterName   string
	schedule      bool
	discovery     bool
	installImage  string
	clusterDisk   string
	registryHosts map[string][]string
}

type node struct {
	name        string
	role        string
	macs        []string
	hostname    string
	addresses   []string
	gateway     string
	nameservers []string
	domains     []string
	interfaces  []object
	disk        string
	selector    object
	image       string
	labels      object
	annotations object
	taints      object
	volumes     []object
	patches     []object
}

// The newest patch release of each minor that is worth naming; only the minor chooses the form.
var releases = map[int]string{8: "v1.8.4", 9: "v1.9.6", 10: "v1.10.9", 11: "v1.11.6", 12: "v1.12.11", 13: "v1.13.9"}

type dice struct{ *rand.Rand }

func (d dice) maybe() bool                { return d.Intn(2) == 0 }
func (d dice) rarely() bool               { return d.Intn(5) == 0 }
func (d dice) oneOf(all ...string) string { return all[d.Intn(len(all))] }

func randomFleet(r *rand.Rand) *fleet {
	d := dice{r}
	f := &fleet{minor: 8 + d.Intn(6), clusterName: d.oneOf("home", "lab-1", "c3"), discovery: true}
	f.talosVersion = releases[f.minor]
	f.kubernetes = fmt.Sprintf("v1.%d.%d", f.minor+18+d.Intn(6), d.Intn(5))
	f.endpoint = d.oneOf("https://10.0.128.100:6443", "https://api.example.org:443")
	f.talos = object{}
	f.randomTalos(d)
	if d.maybe() {
		f.volumes = append(f.volumes, object{"name": "EPHEMERAL", "maxSize": fmt.Sprintf("%dGiB", 20+d.Intn(100)), "grow": d.maybe()})
	}
	f.patchesRole = map[string][]object{}
	if d.maybe() {
		f.patchesAll = append(f.patchesAll, randomPatch(d))
	}
	for _, role := range []string{"controlplane", "worker"} {
		if d.rarely() {
			f.patchesRole[role] = append(f.patchesRole[role], randomPatch(d))
		}
	}
	for i := 0; i < 2; i++ {
		role := []string{"controlplane", "worker"}[i]
		f.nodes = append(f.nodes, randomNode(d, f, i+1, role))
	}
	return f
}

func (f *fleet) randomTalos(d dice) {
	if d.maybe() {
		f.talos["dnsDomain"] = d.oneOf("cluster.local", "k8s.example.org")
	}
	if d.rarely() {
		f.talos["podSubnets"] = []string{"10.42.0.0/16"}
		f.talos["serviceSubnets"] = []string{"10.43.0.0/16"}
	}
	if d.maybe() {
		f.talos["certSANs"] = []string{"10.0.128.100", "api.example.org"}[:1+d.Intn(2)]
	}
	if f.schedule = d.maybe(); f.schedule {
		f.talos["allowSchedulingOnControlPlanes"] = true
	}
	if d.rarely() {
		f.discovery = false
		f.talos["discovery"] = object{"enabled": false}
	}
	switch d.Intn(5) {
	case 0:
		f.talos["cni"] = object{"name": "none"}
	case 1:
		f.talos["cni"] = object{"name": "custom", "urls": []string{"https://example.org/cni.yaml"}}
	case 2:
		f.talos["cni"] = object{"name": "cilium"}
	}
	if f.discovery && d.rarely() {
		f.talos["kubespan"] = object{"enabled": true}
	}
	if d.maybe() {
		f.registryHosts = map[string][]string{"docker.io": {"https://mirror.example.org"}}
		if d.maybe() {
			f.registryHosts["ghcr.io"] = []string{"https://a.example.org", "https://b.example.org"}
		}
		mirrors := object{}
		for host, endpoints := range f.registryHosts {
			mirrors[host] = object{"endpoints": endpoints}
		}
		f.talos["registryMirrors"] = mirrors
	}
	if d.maybe() {
		f.talos["sysctls"] = object{"net.core.somaxconn": fmt.Sprint(d.Intn(65535)), "vm.swappiness": "1"}
	}
	f.clusterDisk = d.oneOf("/dev/sda", "/dev/vda")
	install := object{"disk": f.clusterDisk}
	f.installImage = "ghcr.io/siderolabs/installer:" + f.talosVersion
	if d.maybe() {
		id := strings.Repeat(d.oneOf("a", "b", "3"), 64)
		install["schematic"] = id
		f.installImage = "factory.talos.dev/metal-installer/" + id + ":" + f.talosVersion
	}
	f.talos["install"] = install
}

func randomPatch(d dice) object {
	switch d.Intn(5) {
	case 0:
		return object{"machine": object{"sysctls": object{"vm.nr_hugepages": fmt.Sprint(d.Intn(2048))}}}
	case 1:
		return object{"machine": object{"kubelet": object{"extraArgs": object{"feature-gates": "A=true"}}}}
	case 2:
		return object{"machine": object{"nodeLabels": object{"patched": fmt.Sprint("v", d.Intn(9))}}}
	case 3:
		return object{"machine": object{"env": object{"GRPC_GO_LOG_VERBOSITY_LEVEL": "99"}, "time": object{"servers": []string{"time.example.org"}}}}
	}
	return object{"cluster": object{"proxy": object{"extraArgs": object{"metrics-bind-address": "0.0.0.0"}}}}
}

func randomNode(d dice, f *fleet, number int, role string) node {
	n := node{name: fmt.Sprintf("node-%d", number), role: role}
	for i := 0; i <= d.Intn(3); i++ {
		n.macs = append(n.macs, fmt.Sprintf("52:54:00:%02x:%02x:%02x", d.Intn(256), number, i))
	}
	n.hostname = n.name
	if d.rarely() {
		n.hostname = fmt.Sprintf("host-%d.example.org", number)
	}
	if d.maybe() {
		n.addresses = []string{fmt.Sprintf("10.0.128.%d/24", number+1)}
		if d.maybe() {
			n.addresses = append(n.addresses, fmt.Sprintf("10.9.0.%d/16", number+1))
		}
		n.gateway = "10.0.128.1"
	}
	if d.maybe() {
		n.nameservers = []string{"10.0.128.1", "1.1.1.1"}[:1+d.Intn(2)]
	}
	if d.rarely() && f.minor >= 10 {
		n.domains = []string{"example.org"}
	}
	n.interfaces = randomInterfaces(d, f, role, number)
	switch d.Intn(3) {
	case 0:
		n.disk = d.oneOf("/dev/nvme0n1", "/dev/disk/by-id/x")
	case 1:
		n.selector = object{"type": "nvme", "size": ">= 100GB"}
	}
	if d.rarely() {
		n.image = "registry.example.org/installer:" + f.talosVersion
	}
	if d.maybe() {
		n.labels = object{"zone": d.oneOf("a", "b"), "example.org/rack": "r1"}
	}
	if d.rarely() {
		n.annotations = object{"example.org/note": "some words"}
	}
	if d.rarely() {
		n.taints = object{"gpu": "true:NoSchedule"}
	}
	if f.minor >= 10 && d.rarely() {
		n.volumes = append(n.volumes, object{"name": "data", "minSize": "10GiB", "diskSelector": object{"match": "!system_disk"}})
	}
	if d.rarely() {
		n.volumes = append(n.volumes, object{"name": "STATE", "encryption": object{"keys": []any{object{"slot": 0, "nodeID": object{}}}}})
	}
	for d.rarely() {
		n.patches = append(n.patches, randomPatch(d))
	}
	return n
}

func randomInterfaces(d dice, f *fleet, role string, number int) []object {
	var all []object
	if d.maybe() {
		all = append(all, object{"interface": "eth1", "dhcp": true, "mtu": 9000,
			"dhcpOptions": object{"routeMetric": 512, "ipv4": true, "ipv6": d.maybe()}})
	}
	if d.maybe() {
		bond := object{"interface": "bond0",
			"bond":      object{"interfaces": []string{"eth2", "eth3"}, "mode": "802.3ad", "miimon": 100, "updelay": 200, "downdelay": 100, "lacpRate": "fast", "xmitHashPolicy": "layer3+4"},
			"addresses": []string{fmt.Sprintf("10.20.0.%d/24", number+1), fmt.Sprintf("fd00:20::%d/64", number+1)},
			"routes":    []any{object{"network": "10.30.0.0/16", "gateway": "10.20.0.254", "metric": 2048}}}
		if d.maybe() {
			bond["vlans"] = []any{object{"vlanId": 42, "dhcp": true}, object{"vlanId": 43, "addresses": []string{fmt.Sprintf("10.43.0.%d/24", number+1)}, "mtu": 1400}}
		}
		if role == "controlplane" && d.maybe() {
			bond["vip"] = object{"ip": "10.20.0.100"}
		}
		all = append(all, bond)
	}
	if d.rarely() {
		all = append(all, object{"interface": "br0", "dhcp": true, "bridge": object{"interfaces": []string{"eth4"}, "stp": object{"enabled": true}}})
	}
	if d.rarely() {
		all = append(all, object{"mac": fmt.Sprintf("02:00:00:00:00:%02x", number), "addresses": []string{fmt.Sprintf("10.50.0.%d/24", number+1)}})
	}
	return all
}
