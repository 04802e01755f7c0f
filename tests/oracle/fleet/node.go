package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What a Node says, as the patches that somebody would write by hand for that Talos version.
func nodePatches(f *fleet, n node) []object {
	var all []object
	minor := minorOf(f.versionOf(n))
	if minor < 12 {
		all = append(all, object{"machine": object{"network": legacyNetwork(n)}})
	} else {
		all = append(all, networkDocuments(n)...)
	}
	if minor < 14 {
		all = append(all, installAndMarks(f, n)...)
	} else {
		all = append(all, nodeDocuments(f, n)...)
	}
	for _, volume := range f.volumes {
		replaced := slices.ContainsFunc(n.volumes, func(own object) bool { return own["name"] == volume["name"] })
		if !replaced {
			all = append(all, volumePatches(minor, volume)...)
		}
	}
	for _, volume := range n.volumes {
		all = append(all, volumePatches(minor, volume)...)
	}
	return all
}

// installAndMarks go to the main document before Talos 1.14.
func installAndMarks(f *fleet, n node) []object {
	var all []object
	install := object{}
	if n.disk != "" {
		install["disk"] = n.disk
	}
	if n.selector != nil {
		install["disk"] = object{"$patch": "delete"}
		install["diskSelector"] = n.selector
	}
	if n.schematic != "" {
		install["image"] = "factory.talos.dev/metal-installer/" + n.schematic + ":" + f.versionOf(n)
	}
	if n.image != "" {
		install["image"] = n.image
	}
	if len(install) > 0 {
		all = append(all, object{"machine": object{"install": install}})
	}
	marks := object{}
	for key, value := range map[string]object{"nodeLabels": n.labels, "nodeAnnotations": n.annotations, "nodeTaints": n.taints} {
		if value != nil {
			marks[key] = value
		}
	}
	if len(marks) > 0 {
		all = append(all, object{"machine": marks})
	}
	return all
}

func interfacesOf(n node) []object {
	var all []object
	if len(n.addresses) > 0 {
		all = append(all, object{"mac": n.macs[0], "addresses": n.addresses, "gateway": n.gateway})
	}
	return append(all, n.interfaces...)
}

func legacyNetwork(n node) object {
	network := object{"hostname": n.hostname}
	if len(n.nameservers) > 0 {
		network["nameservers"] = n.nameservers
	}
	if len(n.domains) > 0 {
		network["searchDomains"] = n.domains
	}
	var interfaces []object
	for _, from := range interfacesOf(n) {
		var ports []object
		link := object{"dhcp": false}
		for key, value := range from {
			switch key {
			case "mac":
				link["deviceSelector"] = object{"hardwareAddr": value}
			case "gateway":
				link["routes"] = []any{object{"network": "0.0.0.0/0", "gateway": value}}
			case "bond":
				link["bond"] = legacyBond(value.(object))
			case "bridge":
				bridge := maps.Clone(value.(object))
				members, _ := bridge["macs"].([]string)
				delete(bridge, "macs")
				link["bridge"] = bridge
				for _, mac := range members {
					ports = append(ports, object{"deviceSelector": object{"hardwareAddr": mac}, "bridgePort": object{"master": from["interface"]}})
				}
			case "vlans":
				var vlans []any
				for _, vlan := range value.([]any) {
					copied := object{"dhcp": false}
					for k, v := range vlan.(object) {
						copied[k] = v
					}
					vlans = append(vlans, copied)
				}
				link["vlans"] = vlans
			default:
				link[key] = value
			}
		}
		interfaces = append(append(interfaces, link), ports...)
	}
	if len(interfaces) > 0 {
		network["interfaces"] = interfaces
	}
	return network
}

// Members by MAC address are chosen by the address that they keep when they are enslaved.
func legacyBond(given object) object {
	bond := maps.Clone(given)
	members, _ := bond["macs"].([]string)
	delete(bond, "macs")
	var selectors []object
	for _, mac := range members {
		selectors = append(selectors, object{"permanentAddr": mac})
	}
	if selectors != nil {
		bond["deviceSelectors"] = selectors
	}
	return bond
}

func document(kind, name string) object {
	doc := object{"apiVersion": "v1alpha1", "kind": kind}
	if name != "" {
		doc["name"] = name
	}
	return doc
}

type documents struct {
	all     []object
	aliases map[string]string
	macs    []string
}

func (d *documents) add(kind, name string) object {
	doc := document(kind, name)
	d.all = append(d.all, doc)
	return doc
}

func (d *documents) alias(mac string) string {
	if name, ok := d.aliases[mac]; ok {
		return name
	}
	index := -1
	for i, known := range d.macs {
		if known == mac {
			index = i
		}
	}
	if index < 0 {
		index = len(d.macs)
		d.macs = append(d.macs, mac)
	}
	name := fmt.Sprintf("slipway%d", index)
	d.aliases[mac] = name
	d.add("LinkAliasConfig", name)["selector"] = object{"match": fmt.Sprintf("mac(link.permanent_addr) == %q", mac)}
	return name
}

func networkDocuments(n node) []object {
	d := &documents{aliases: map[string]string{}, macs: append([]string{}, n.macs...)}
	host := d.add("HostnameConfig", "")
	host["hostname"], host["auto"] = n.hostname, "off"
	if len(n.nameservers) > 0 || len(n.domains) > 0 {
		resolver := d.add("ResolverConfig", "")
		var servers []any
		for _, server := range n.nameservers {
			servers = append(servers, object{"address": server})
		}
		if servers != nil {
			resolver["nameservers"] = servers
		}
		if len(n.domains) > 0 {
			resolver["searchDomains"] = object{"domains": n.domains}
		}
	}
	links := interfacesOf(n)
	for _, from := range links {
		d.link(from)
	}
	if len(links) > 0 {
		for _, mac := range n.macs {
			if _, used := d.aliases[mac]; !used {
				d.add("DHCPv4Config", d.alias(mac))
			}
		}
	}
	return d.all
}

func (d *documents) link(from object) {
	name, _ := from["interface"].(string)
	if mac, ok := from["mac"].(string); ok {
		name = d.alias(mac)
	}
	switch {
	case from["bond"] != nil:
		given := from["bond"].(object)
		members := d.members(given)
		doc := d.add("BondConfig", name)
		doc["links"] = members
		for key, value := range given {
			switch key {
			case "interfaces", "macs":
			case "resendIgmp":
				doc["resendIGMP"] = value
			case "tlbDynamicLb":
				doc["tlbLogicalLb"] = value
			case "peerNotifyDelay":
				doc["peerNotifDelay"] = value
			case "mode":
				doc["bondMode"] = value
			default:
				doc[key] = value
			}
		}
		common(doc, from)
	case from["bridge"] != nil:
		bridge := from["bridge"].(object)
		members := d.members(bridge)
		doc := d.add("BridgeConfig", name)
		doc["links"] = members
		if stp, ok := bridge["stp"]; ok {
			doc["stp"] = stp
		}
		if vlan, ok := bridge["vlan"].(object); ok {
			doc["vlan"] = object{"filtering": vlan["vlanFiltering"]}
		}
		common(doc, from)
	case from["addresses"] != nil || from["mtu"] != nil || from["routes"] != nil:
		common(d.add("LinkConfig", name), from)
	}
	d.settings(name, from)
	vlans, _ := from["vlans"].([]any)
	for _, item := range vlans {
		vlan := item.(object)
		tagged := fmt.Sprintf("%s.%d", name, vlan["vlanId"])
		doc := d.add("VLANConfig", tagged)
		doc["vlanID"], doc["parent"] = vlan["vlanId"], name
		common(doc, vlan)
		d.settings(tagged, vlan)
	}
}

// members of a bond or a bridge by what documents call them.
func (d *documents) members(of object) []string {
	if names, ok := of["interfaces"].([]string); ok {
		return names
	}
	var names []string
	for _, mac := range of["macs"].([]string) {
		names = append(names, d.alias(mac))
	}
	return names
}

func (d *documents) settings(name string, from object) {
	if from["dhcp"] == true {
		options, _ := from["dhcpOptions"].(object)
		var kinds []string
		if options["ipv4"] != false {
			kinds = append(kinds, "DHCPv4Config")
		}
		if options["ipv6"] == true {
			kinds = append(kinds, "DHCPv6Config")
		}
		for _, kind := range kinds {
			doc := d.add(kind, name)
			if metric, ok := options["routeMetric"]; ok {
				doc["routeMetric"] = metric
			}
			if duid, ok := options["duidv6"]; ok && kind == "DHCPv6Config" {
				doc["clientIdentifier"], doc["duidRaw"] = "duid", duid
			}
		}
	}
	if vip, ok := from["vip"].(object); ok {
		d.add("Layer2VIPConfig", vip["ip"].(string))["link"] = name
	}
}

func common(doc, from object) {
	if mtu, ok := from["mtu"]; ok {
		doc["mtu"] = mtu
	}
	if addresses, ok := from["addresses"].([]string); ok {
		var list []any
		for _, address := range addresses {
			list = append(list, object{"address": address})
		}
		doc["addresses"] = list
	}
	var routes []any
	if gateway, ok := from["gateway"]; ok {
		routes = append(routes, object{"gateway": gateway})
	}
	given, _ := from["routes"].([]any)
	for _, item := range given {
		route := object{}
		for key, value := range item.(object) {
			if key == "network" {
				key = "destination"
			}
			route[key] = value
		}
		routes = append(routes, route)
	}
	if routes != nil {
		doc["routes"] = routes
	}
}

func volumePatches(minor int, volume object) []object {
	name := volume["name"].(string)
	user := name == "data"
	var all []object
	encryption, _ := volume["encryption"].(object)
	if encryption != nil {
		encryption = maps.Clone(encryption)
		encryption["provider"] = "luks2"
		if minor < 11 && !user {
			all = append(all, object{"machine": object{"systemDiskEncryption": object{strings.ToLower(name): encryption}}})
			encryption = nil
		}
	}
	kind := "VolumeConfig"
	if user {
		kind = "UserVolumeConfig"
	}
	doc := document(kind, name)
	provisioning := object{}
	for _, key := range []string{"diskSelector", "minSize", "maxSize", "grow"} {
		if value, ok := volume[key]; ok {
			provisioning[key] = value
		}
	}
	if len(provisioning) > 0 {
		doc["provisioning"] = provisioning
	}
	if encryption != nil {
		doc["encryption"] = encryption
	}
	for _, key := range []string{"volumeType", "filesystem"} {
		if value, ok := volume[key]; ok {
			doc[key] = value
		}
	}
	if len(all) > 0 && len(provisioning) == 0 {
		return all
	}
	return append(all, doc)
}
