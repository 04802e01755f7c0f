package main

import (
	"fmt"
	"math/rand"
	"slices"
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
	selectors     []selector
	nodes         []node
	clusterName   string
	schedule      bool
	discovery     bool
	registryHosts map[string][]string
	boot          object            // args and menu: scripts have them, configs do not
	base          map[string]string // files by role that stand for the generated config; nil: it is generated
	secrets       string            // a bundle of its own; "": all fleets have one
}

// Patches for the nodes that matches says.
type selector struct {
	written object
	patches []object
	matches func(labels object) bool
}

type node struct {
	name        string
	role        string
	arch        string
	version     string // "": the cluster's
	schematic   string
	marks       object // metadata.labels
	macs        []string
	uuid        string
	serial      string
	hostname    string
	addresses   []string
	gateway     string
	nameservers []string
	domains     []string
	interfaces  []object
	disk        string
	selector    object
	image       string
	install     object // how often, and how it leaves the network: scripts have it, configs do not
	wipe        object // likewise
	loader      string // likewise
	labels      object
	annotations object
	taints      object
	volumes     []object
	patches     []object
}

// The newest patch release of each minor that is worth naming; only the minor chooses the form.
var releases = map[int]string{8: "v1.8.4", 9: "v1.9.6", 10: "v1.10.9", 11: "v1.11.6", 12: "v1.12.11", 13: "v1.13.9",
	14: "v1.14.1"}

type dice struct{ *rand.Rand }

func (d dice) maybe() bool                { return d.Intn(2) == 0 }
func (d dice) rarely() bool               { return d.Intn(5) == 0 }
func (d dice) oneOf(all ...string) string { return all[d.Intn(len(all))] }

// sometimes sets a field.
func (d dice) sometimes(into object, key string, value any) {
	if d.rarely() {
		into[key] = value
	}
}

// versionOf a node.
func (f *fleet) versionOf(n node) string {
	if n.version != "" {
		return n.version
	}
	return f.talosVersion
}

func minorOf(version string) int {
	var minor int
	fmt.Sscanf(version, "v1.%d.", &minor)
	return minor
}

// span is the oldest and the newest minor among the cluster and its nodes: what all of them must bear.
func (f *fleet) span() (oldest, newest int) {
	oldest, newest = f.minor, f.minor
	for _, n := range f.nodes {
		oldest, newest = min(oldest, minorOf(f.versionOf(n))), max(newest, minorOf(f.versionOf(n)))
	}
	return oldest, newest
}

// randomFleet of that seed, whose cluster has the contract of the Talos release 1.minor.
func randomFleet(seed int64, minor int) *fleet {
	d := dice{rand.New(rand.NewSource(seed))}
	f := &fleet{minor: minor, clusterName: d.oneOf("home", "lab-1", "c3"), discovery: true, boot: object{}}
	f.talosVersion = releases[f.minor]
	kubernetes := f.minor + 18 + d.Intn(6)
	f.kubernetes = fmt.Sprintf("v1.%d.%d", kubernetes, d.Intn(5))
	f.endpoint = d.oneOf("https://10.0.128.100:6443", "https://api.example.org:443")
	for i, role := range []string{"controlplane", "worker"} {
		n := node{name: fmt.Sprintf("node-%d", i+1), role: role}
		if other := f.minor + d.Intn(3) - 1; d.rarely() && releases[other] != "" && other+18 <= kubernetes && kubernetes <= other+23 {
			n.version = releases[other]
		}
		f.nodes = append(f.nodes, n)
	}
	oldest, _ := f.span()
	f.talos = object{}
	f.randomTalos(d)
	f.randomInstall(d)
	f.randomKubelet(d)
	d.sometimes(f.boot, "args", []string{"console=ttyS0", "-consoleblank"})
	d.sometimes(f.boot, "menu", object{"enabled": true, "timeout": "5s"})
	names := []string{"EPHEMERAL", "IMAGECACHE", "data", ""}
	if oldest >= 14 {
		names = append(names, "ETCD", "CRI", "KUBELET", "LOG")
	}
	if name := d.oneOf(names...); name != "" && (name != "data" || oldest >= 10) {
		f.volumes = append(f.volumes, randomVolume(d, name, oldest))
	}
	f.randomPatches(d)
	for i := range f.nodes {
		randomNode(d, f, i+1, &f.nodes[i])
	}
	return f
}

func (f *fleet) randomPatches(d dice) {
	f.patchesRole = map[string][]object{}
	f.patchesAll = f.somePatches(d)
	for _, role := range []string{"controlplane", "worker"} {
		if list := f.somePatches(d); list != nil {
			f.patchesRole[role] = list
		}
	}
	if d.rarely() {
		rack := d.oneOf("a1", "b2")
		f.selectors = append(f.selectors, selector{object{"matchLabels": object{"rack": rack}}, []object{f.randomPatch(d), f.randomPatch(d)},
			func(labels object) bool { return labels["rack"] == rack }})
	}
	if d.rarely() {
		operator := d.oneOf("In", "NotIn", "Exists", "DoesNotExist")
		term := object{"key": "rack", "operator": operator}
		if strings.HasSuffix(operator, "In") {
			term["values"] = []string{"a1", "c3"}
		}
		f.selectors = append(f.selectors, selector{object{"matchExpressions": []object{term}}, []object{f.randomPatch(d), f.randomPatch(d)},
			func(labels object) bool {
				rack, there := labels["rack"].(string)
				among := there && slices.Contains([]string{"a1", "c3"}, rack)
				return map[string]bool{"In": among, "NotIn": !among, "Exists": there, "DoesNotExist": !there}[operator]
			}})
	}
}

func (f *fleet) randomTalos(d dice) {
	if d.maybe() {
		f.talos["dnsDomain"] = d.oneOf("cluster.local", "k8s.example.org")
	}
	if d.rarely() {
		f.talos["podSubnets"] = []string{"10.42.0.0/16", "fd00:42::/56"}[:1+d.Intn(2)]
		f.talos["serviceSubnets"] = []string{"10.43.0.0/16", "fd00:43::/112"}[:len(f.talos["podSubnets"].([]string))]
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
		f.talos["cni"] = object{"name": "custom", "urls": []string{"https://example.org/cni.yaml", "https://example.org/more.yaml"}[:1+d.Intn(2)]}
	case 2:
		f.talos["cni"] = object{"name": "cilium"}
	}
	if f.discovery && d.rarely() {
		f.talos["kubespan"] = object{"enabled": true}
	}
	d.sometimes(f.talos, "localAPIServerPort", 5443)
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
}

func (f *fleet) randomInstall(d dice) {
	install := object{"disk": d.oneOf("/dev/sda", "/dev/vda")}
	switch d.Intn(3) {
	case 0:
		install["schematic"] = strings.Repeat(d.oneOf("a", "b", "3"), 64)
	case 1:
		install["image"] = "registry.example.org/installer:v1"
	}
	d.sometimes(install, "wipe", true)
	if _, newest := f.span(); newest < 12 && d.maybe() {
		install["extraKernelArgs"] = []string{"console=ttyS1", "a.b=c"}
	}
	f.talos["install"] = install
}

func (f *fleet) randomKubelet(d dice) {
	kubelet := object{}
	if d.rarely() {
		arguments := object{"max-pods": "200"}
		if oldest, _ := f.span(); oldest >= 13 {
			arguments["feature-gates"] = []string{"A=true", "B=false"}
		}
		kubelet["extraArgs"] = arguments
	}
	d.sometimes(kubelet, "extraConfig", object{"serverTLSBootstrap": true, "evictionHard": object{"memory.available": "5%"}})
	if _, newest := f.span(); newest < 14 {
		d.sometimes(kubelet, "extraMounts", []object{{"destination": "/var/mnt/x", "type": "bind", "source": "/var/x", "options": []string{"bind", "rw"}}})
	}
	d.sometimes(kubelet, "nodeIP", object{"validSubnets": []string{"10.0.0.0/8", "!10.0.128.100/32"}})
	d.sometimes(kubelet, "clusterDNS", []string{"10.96.0.10"})
	if len(kubelet) > 0 {
		f.talos["kubelet"] = kubelet
	}
}

func (f *fleet) somePatches(d dice) []object {
	var all []object
	for d.Intn(3) == 0 {
		all = append(all, f.randomPatch(d))
	}
	return all
}

func (f *fleet) randomPatch(d dice) object {
	if oldest, newest := f.span(); newest >= 14 {
		return randomDocumentPatch(d, oldest)
	}
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
