package machine

import (
	"fmt"
	"math/rand"
)

type dice struct{ *rand.Rand }

func (d dice) one(of ...string) string { return of[d.Intn(len(of))] }

func (d dice) some(of ...string) []string {
	picked := []string{}

	for _, text := range of {
		if d.Intn(2) == 0 {
			picked = append(picked, text)
		}
	}

	return picked
}

// Random is one input in which every option may be in play.
func Random(source *rand.Rand, minor int) Input {
	d := dice{source}
	in := Input{
		Minor: minor,
		Name:  d.one("home", "base", "cluster-1", "a.b"),
		Endpoint: d.one("https://10.0.0.1:6443", "https://api.example.org:443", "https://[fd00::1]:6443",
			"https://base:6443/", "https://api.example.org"),
		Kubernetes:  fmt.Sprintf("v1.%d.%d", 28+d.Intn(8), d.Intn(10)),
		SANs:        d.some("api.example.org", "10.0.0.9", "fd00::9"),
		DNSDomain:   d.one("cluster.local", "example.org"),
		PodNets:     []string{"10.244.0.0/16"},
		ServiceNets: []string{"10.96.0.0/12"},
		Disk:        d.one("/dev/sda", "/dev/disk/by-id/nvme-x:0", "/dev/sda", ""),
		Image:       d.one("", "ghcr.io/siderolabs/installer:v1.11.6"),
		Mirrors:     map[string][]string{},
		Sysctls:     map[string]string{},
		CNIURLs:     d.some("https://example.org/cni.yaml"),
		Scheduling:  d.Intn(2) == 0,
		Discovery:   d.Intn(4) != 0,
	}

	if d.Intn(3) == 0 {
		in.PodNets = []string{"10.1.0.0/16", "fd00:1::/56"}
		in.ServiceNets = []string{"10.2.0.0/16", "fd00:2::/112"}
	}

	// From 1.12 on they are written as well, and the result is refused; a config without a disk is not validated.
	if minor < 12 || in.Disk == "" {
		in.KernelArgs = d.some("console=ttyS0", "net.ifnames=0")
	}

	if d.Intn(2) == 0 {
		in.APIServerPort = 1024 + d.Intn(60000)
	}

	for _, name := range d.some("vm.nr_hugepages", "net.ipv4.ip_forward", "kernel.panic") {
		in.Sysctls[name] = fmt.Sprint(d.Intn(2000))
	}

	for _, host := range d.some("ghcr.io", "docker.io", "*", "registry.k8s.io:443") {
		in.Mirrors[host] = append([]string{"https://mirror.example.org"}, d.some("http://10.0.0.5:5000", "https://b/v2")...)
	}

	if kubespan := d.Intn(2) == 0; d.Intn(2) == 0 {
		// KubeSpan without discovery is refused everywhere.
		kubespan = kubespan && in.Discovery
		in.KubeSpan = &kubespan
	}

	return in
}
