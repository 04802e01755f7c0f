//go:build !talos114

package main

import (
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/types/v1alpha1"
)

// What differs between releases of the module. This one is 1.13, which makes all contracts up to its own.

func judges(minor int) bool { return minor < 14 }

// networkPlugin is the generator's option for Cluster.spec.talos.cni.
func networkPlugin(name string, urls []string) []generate.Option {
	if name == "cilium" {
		name = "none"
	}
	return []generate.Option{generate.WithClusterCNIConfig(&v1alpha1.CNIConfig{CNIName: name, CNIUrls: urls})}
}
