package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
	"gopkg.in/yaml.v3"
)

// What Talos' module makes of the same input.
func expected(f *fleet, n node, bundle *secrets.Bundle) (config.Provider, error) {
	contract, err := config.ParseContractFromVersion(f.versionOf(n))
	if err != nil {
		return nil, err
	}
	kind := machine.TypeWorker
	if n.role == "controlplane" {
		kind = machine.TypeControlPlane
	}
	base, err := baseOf(f, n, kind, bundle, contract)
	if err != nil {
		return nil, err
	}
	var selected []object
	for _, chosen := range f.selectors {
		if chosen.matches(n.marks) {
			selected = append(selected, chosen.patches...)
		}
	}
	settings := clusterPatches
	if contract.Greater(config.TalosVersion1_13) {
		settings = clusterDocuments
	}
	patches := slices.Concat(settings(f, n), nodePatches(f, n), f.patchesAll, f.patchesRole[n.role], selected, n.patches)
	return apply(base, patches)
}

func baseOf(f *fleet, n node, kind machine.Type, bundle *secrets.Bundle, contract *config.VersionContract) (config.Provider, error) {
	if f.base != nil {
		return configloader.NewFromFile(f.base[n.role])
	}
	input, err := generate.NewInput(f.clusterName, f.endpoint, strings.TrimPrefix(f.kubernetes, "v"), options(f, n, bundle, contract)...)
	if err != nil {
		return nil, err
	}
	return input.Config(kind)
}

func apply(base config.Provider, patches []object) (config.Provider, error) {
	for _, patch := range patches {
		text, err := yaml.Marshal(patch)
		if err != nil {
			return nil, err
		}
		loaded, err := configpatcher.LoadPatch(text)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, text)
		}
		output, err := configpatcher.Apply(configpatcher.WithConfig(base), []configpatcher.Patch{loaded})
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, text)
		}
		if base, err = output.Config(); err != nil {
			return nil, err
		}
	}
	return base, nil
}

// The cluster's installer for a node: its image, its schematic's for the node's version, or the default.
func clusterImage(f *fleet, n node) string {
	install := f.talos["install"].(object)
	if image, ok := install["image"].(string); ok {
		return image
	}
	if id, ok := install["schematic"].(string); ok {
		return "factory.talos.dev/metal-installer/" + id + ":" + f.versionOf(n)
	}
	if minorOf(f.versionOf(n)) >= 14 {
		return "factory.talos.dev/metal-installer/376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba:" + f.versionOf(n)
	}
	return "ghcr.io/siderolabs/installer:" + f.versionOf(n)
}

func options(f *fleet, n node, bundle *secrets.Bundle, contract *config.VersionContract) []generate.Option {
	install := f.talos["install"].(object)
	all := []generate.Option{
		generate.WithSecretsBundle(bundle), generate.WithVersionContract(contract),
		generate.WithInstallDisk(install["disk"].(string)), generate.WithInstallImage(clusterImage(f, n)),
		generate.WithAllowSchedulingOnControlPlanes(f.schedule), generate.WithClusterDiscovery(f.discovery),
	}
	if domain, ok := f.talos["dnsDomain"].(string); ok {
		all = append(all, generate.WithDNSDomain(domain))
	}
	if sans, ok := f.talos["certSANs"].([]string); ok {
		all = append(all, generate.WithAdditionalSubjectAltNames(sans))
	}
	if _, ok := f.talos["kubespan"]; ok {
		all = append(all, generate.WithKubeSpanEnabled(true))
	}
	if sysctls, ok := f.talos["sysctls"].(object); ok {
		params := map[string]string{}
		for key, value := range sysctls {
			params[key] = value.(string)
		}
		all = append(all, generate.WithSysctls(params))
	}
	if cni, ok := f.talos["cni"].(object); ok {
		urls, _ := cni["urls"].([]string)
		all = append(all, networkPlugin(cni["name"].(string), urls)...)
	}
	if port, ok := f.talos["localAPIServerPort"].(int); ok {
		all = append(all, generate.WithLocalAPIServerPort(port))
	}
	if arguments, ok := install["extraKernelArgs"].([]string); ok {
		all = append(all, generate.WithInstallExtraKernelArgs(arguments))
	}
	for host, endpoints := range f.registryHosts {
		all = append(all, generate.WithRegistryMirror(host, endpoints...))
	}
	return all
}

// Settings of a Cluster that the generator has no option for.
func clusterPatches(f *fleet, n node) []object {
	var all []object
	network := object{}
	for _, list := range []string{"podSubnets", "serviceSubnets"} {
		if subnets, ok := f.talos[list]; ok {
			network[list] = subnets
		}
	}
	if len(network) > 0 {
		all = append(all, object{"cluster": object{"network": network}})
	}
	if f.talos["install"].(object)["wipe"] == true {
		all = append(all, object{"machine": object{"install": object{"wipe": true}}})
	}
	if kubelet, ok := f.talos["kubelet"].(object); ok {
		all = append(all, object{"machine": object{"kubelet": kubelet}})
	}
	if cni, ok := f.talos["cni"].(object); ok && cni["name"] == "cilium" && n.role == "controlplane" {
		all = append(all, object{"cluster": object{"proxy": object{"disabled": true}}})
	}
	return all
}
