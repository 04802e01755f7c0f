//go:build talos114

package main

import "github.com/siderolabs/talos/pkg/machinery/config/generate"

// What differs between releases of the module. This one is 1.14, whose contract has documents for nearly everything.

func judges(minor int) bool { return minor >= 14 }

// networkPlugin is the generator's option for Cluster.spec.talos.cni; it knows one manifest, and no other plugin.
func networkPlugin(name string, urls []string) []generate.Option {
	if name != "custom" {
		return nil
	}
	return []generate.Option{generate.WithCustomCNIUrl(urls[0])}
}
