package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"gopkg.in/yaml.v3"
)

// The repositories below examples/, read as far as they go: a field that is not here is an error, so that no example
// says what the referee passes over.
type (
	documented struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct {
			Name   string
			Labels object
		}
		Spec yaml.Node
	}
	exampleSite struct {
		BootServer, UnknownMachines, Guards any
		Subnets                             []struct {
			Cidr, Gateway string
			Nameservers   []string
		}
	}
	exampleCluster struct {
		Endpoint string
		Talos    struct {
			Version, KubernetesVersion, Secrets string
			Install                             object
			Base                                map[string]string
		}
		Boot    any
		Patches map[string][]examplePatch
	}
	exampleNode struct {
		Cluster, Role string
		Identity      struct{ Macs []string }
		Network       struct {
			Hostname, Gateway      string
			Addresses, Nameservers []string
		}
		Install struct{ Disk string }
		Patches []examplePatch
	}
	examplePatch struct {
		File   string
		Inline object
	}
)

// strict decodes a spec; keys are spelled as the fields, but for the case of their letters.
func strict(spec yaml.Node, into any) error {
	var value any
	if err := spec.Decode(&value); err != nil {
		return err
	}
	text, err := yaml.Marshal(lowered(value, 4))
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	return decoder.Decode(into)
}

// lowered spells keys as yaml.v3 names fields; what is deeper, or below inline, is a config's own.
func lowered(value any, depth int) any {
	switch value := value.(type) {
	case object:
		all := object{}
		for key, inner := range value {
			if key != "inline" && key != "install" && depth > 0 {
				inner = lowered(inner, depth-1)
			}
			all[strings.ToLower(key)] = inner
		}
		return all
	case []any:
		all := make([]any, len(value))
		for i, inner := range value {
			all[i] = lowered(inner, depth)
		}
		return all
	}
	return value
}

// readExample makes the fleet of one cluster; its nodes are in it in the order of the files.
func readExample(folder string) (*fleet, error) {
	f := &fleet{talos: object{"install": object{}}, patchesRole: map[string][]object{}, discovery: true}
	var site exampleSite
	err := eachResource(folder, func(r documented) error {
		switch r.Kind {
		case "Site":
			return strict(r.Spec, &site)
		case "Cluster":
			return addCluster(folder, r, f)
		case "Node":
			return addNode(folder, r, f)
		case "Asset":
			return nil
		}
		return fmt.Errorf("a resource of kind %q", r.Kind)
	})
	for i := range f.nodes {
		if err == nil {
			err = addSubnet(site, &f.nodes[i])
		}
	}
	return f, err
}

func eachResource(folder string, visit func(documented) error) error {
	return filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		decoder := yaml.NewDecoder(file)
		for {
			var r documented
			if err := decoder.Decode(&r); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if r.APIVersion != "slipway/v1alpha1" {
				continue // a base config, a patch or a bundle
			}
			if err := visit(r); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	})
}

func addCluster(folder string, r documented, f *fleet) error {
	var c exampleCluster
	if err := strict(r.Spec, &c); err != nil {
		return err
	}
	f.clusterName, f.endpoint = r.Metadata.Name, c.Endpoint
	f.talosVersion, f.kubernetes = c.Talos.Version, c.Talos.KubernetesVersion
	f.minor = minorOf(f.talosVersion)
	if c.Talos.Install != nil {
		f.talos["install"] = c.Talos.Install
	}
	if c.Talos.Secrets != "" {
		f.secrets = filepath.Join(folder, c.Talos.Secrets)
	}
	for role, path := range c.Talos.Base {
		if f.base == nil {
			f.base = map[string]string{}
		}
		f.base[role] = filepath.Join(folder, path)
	}
	for who, patches := range c.Patches {
		loaded, err := load(folder, patches)
		if err != nil {
			return err
		}
		switch who {
		case "all":
			f.patchesAll = loaded
		case "controlplane", "worker":
			f.patchesRole[who] = loaded
		default:
			return fmt.Errorf("patches for %q", who)
		}
	}
	return nil
}

func load(folder string, patches []examplePatch) ([]object, error) {
	var all []object
	for _, patch := range patches {
		value := patch.Inline
		if patch.File != "" {
			text, err := os.ReadFile(filepath.Join(folder, patch.File))
			if err != nil {
				return nil, err
			}
			if err := yaml.Unmarshal(text, &value); err != nil {
				return nil, err
			}
		}
		all = append(all, value)
	}
	return all, nil
}

func addNode(folder string, r documented, f *fleet) error {
	var n exampleNode
	if err := strict(r.Spec, &n); err != nil {
		return err
	}
	patches, err := load(folder, n.Patches)
	if err != nil {
		return err
	}
	hostname := n.Network.Hostname
	if hostname == "" {
		hostname = r.Metadata.Name
	}
	f.nodes = append(f.nodes, node{name: r.Metadata.Name, role: n.Role, marks: r.Metadata.Labels, macs: n.Identity.Macs,
		hostname: hostname, addresses: n.Network.Addresses, gateway: n.Network.Gateway,
		nameservers: n.Network.Nameservers, disk: n.Install.Disk, patches: patches})
	return nil
}

// addSubnet fills in what the Site knows of the network of a node's address.
func addSubnet(site exampleSite, n *node) error {
	address, err := netip.ParsePrefix(n.addresses[0])
	if err != nil {
		return err
	}
	for _, subnet := range site.Subnets {
		network, err := netip.ParsePrefix(subnet.Cidr)
		if err != nil {
			return err
		}
		if !network.Contains(address.Addr()) {
			continue
		}
		if n.gateway == "" {
			n.gateway = subnet.Gateway
		}
		if n.nameservers == nil {
			n.nameservers = subnet.Nameservers
		}
	}
	return nil
}

// checkExample makes every config of an example again, whose encrypted files are decrypted.
func checkExample(folder, rendered string) error {
	f, err := readExample(folder)
	if err != nil {
		return err
	}
	if f.clusterName == "" || len(f.nodes) == 0 {
		return errors.New("no cluster, or no node")
	}
	if !judges(f.minor) {
		fmt.Printf("%s: Talos %s is left to the other release of the module\n", filepath.Base(folder), f.talosVersion)
		return nil
	}
	var bundle *secrets.Bundle
	if f.secrets != "" {
		if bundle, err = secrets.LoadBundle(f.secrets); err != nil {
			return err
		}
		bundle.Clock = secrets.NewClock()
	}
	work, err := os.MkdirTemp("", "slipway-example-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	for _, n := range f.nodes {
		file := strings.ReplaceAll(n.macs[0], ":", "-") + ".yaml"
		text, err := os.ReadFile(filepath.Join(rendered, "talos", "configs", file))
		if err != nil {
			return err
		}
		if err := compare(f, n, bundle, text, work); err != nil {
			return fmt.Errorf("%s: %w", n.name, err)
		}
	}
	fmt.Printf("%s: %d configs are what Talos' module makes\n", filepath.Base(folder), len(f.nodes))
	return nil
}
