package main

import (
	"fmt"
	"slices"
)

func randomInterfaces(d dice, minor int, role string, number int) []object {
	var all []object
	if d.maybe() {
		link := object{"interface": "eth1", "mtu": 9000}
		randomDHCP(d, link)
		all = append(all, link)
	}
	if d.maybe() {
		bond := object{"interface": "bond0", "bond": randomBond(d, minor, number),
			"addresses": []string{fmt.Sprintf("10.20.0.%d/24", number+1), fmt.Sprintf("fd00:20::%d/64", number+1)},
			"routes":    []any{randomRoute(d, "10.30.0.0/16", "10.20.0.254", fmt.Sprintf("10.20.0.%d", number+1))}}
		if d.maybe() {
			bond["vlans"] = randomVLANs(d, role, number)
		}
		if vlans, _ := bond["vlans"].([]any); role == "controlplane" && d.maybe() && !anyVIP(vlans) {
			bond["vip"] = object{"ip": "10.20.0.100"}
		}
		all = append(all, bond)
	}
	if d.rarely() {
		bridge := object{"interfaces": []string{"eth4", "eth5"}[:1+d.Intn(2)], "stp": object{"enabled": true}}
		if minor >= 9 && d.maybe() {
			bridge = object{"macs": []string{fmt.Sprintf("02:00:00:00:02:%02x", number)}}
		}
		d.sometimes(bridge, "vlan", object{"vlanFiltering": true})
		all = append(all, object{"interface": "br0", "dhcp": true, "bridge": bridge})
	}
	if d.rarely() {
		all = append(all, object{"mac": fmt.Sprintf("02:00:00:00:00:%02x", number), "addresses": []string{fmt.Sprintf("10.50.0.%d/24", number+1)}})
	}
	return all
}

func anyVIP(vlans []any) bool {
	for _, vlan := range vlans {
		if vlan.(object)["vip"] != nil {
			return true
		}
	}
	return false
}

func randomDHCP(d dice, link object) {
	link["dhcp"] = true
	if d.rarely() {
		return
	}
	options := object{"ipv4": d.maybe(), "ipv6": d.maybe()}
	d.sometimes(options, "routeMetric", 512)
	if options["ipv6"] == true {
		d.sometimes(options, "duidv6", "0001000123456789aabbccddeeff")
	}
	link["dhcpOptions"] = options
}

func randomRoute(d dice, network, gateway, source string) object {
	route := object{"network": network, "gateway": gateway}
	d.sometimes(route, "metric", 2048)
	d.sometimes(route, "mtu", 1400)
	d.sometimes(route, "source", source)
	return route
}

func randomVLANs(d dice, role string, number int) []any {
	first := object{"vlanId": 42}
	randomDHCP(d, first)
	second := object{"vlanId": 43, "addresses": []string{fmt.Sprintf("10.43.0.%d/24", number+1)}, "mtu": 1400}
	if d.maybe() {
		second["routes"] = []any{randomRoute(d, "10.44.0.0/16", "10.43.0.254", fmt.Sprintf("10.43.0.%d", number+1))}
	}
	if role == "controlplane" {
		d.sometimes(second, "vip", object{"ip": "10.43.0.100"})
	}
	return []any{first, second}[d.Intn(2):]
}

var bondOptions = []struct {
	key    string
	values []any
	modes  []string // that it goes with; none are named: all
}{
	{"xmitHashPolicy", []any{"layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4"}, nil},
	{"arpValidate", []any{"none", "active", "backup", "all"}, []string{"active-backup", "balance-rr", "balance-xor", "broadcast"}},
	{"arpAllTargets", []any{"any", "all"}, nil},
	{"primaryReselect", []any{"always", "better", "failure"}, nil},
	{"failOverMac", []any{"none", "active", "follow"}, nil},
	{"adSelect", []any{"stable", "bandwidth", "count"}, nil},
	{"adActorSysPrio", []any{1, 65535}, []string{"802.3ad"}},
	{"adUserPortKey", []any{0, 1023}, []string{"802.3ad"}},
	{"resendIgmp", []any{1, 255}, nil},
	{"minLinks", []any{0, 1}, nil},
	{"lpInterval", []any{1, 30}, nil},
	{"packetsPerSlave", []any{1, 10}, []string{"balance-rr"}},
	{"numPeerNotif", []any{1, 5}, nil},
	{"tlbDynamicLb", []any{0, 1}, []string{"balance-tlb", "balance-alb"}},
	{"allSlavesActive", []any{0, 1}, nil},
	{"useCarrier", []any{true, false}, nil},
	{"peerNotifyDelay", []any{0, 100}, nil},
}

// randomBond with options that go together with its mode.
func randomBond(d dice, minor, number int) object {
	mode := d.oneOf("802.3ad", "active-backup", "balance-rr", "balance-xor", "broadcast", "balance-tlb", "balance-alb")
	bond := object{"mode": mode}
	if d.maybe() {
		bond["interfaces"] = []string{"eth2", "eth3"}
	} else {
		bond["macs"] = []string{fmt.Sprintf("02:00:00:00:01:%02x", number), fmt.Sprintf("02:00:00:00:03:%02x", number)}
	}
	balanced := mode == "balance-tlb" || mode == "balance-alb"
	switch {
	case d.maybe() || mode == "802.3ad" || balanced:
		bond["miimon"], bond["updelay"], bond["downdelay"] = 100, 200, 100
	case d.maybe():
		bond["arpInterval"] = 0
	}
	if mode == "802.3ad" {
		d.sometimes(bond, "lacpRate", d.oneOf("slow", "fast"))
	}
	if minor >= 12 && (mode == "active-backup" || mode == "broadcast") {
		d.sometimes(bond, "arpValidate", d.oneOf("filter", "filter-active", "filter-backup"))
	}
	if minor < 12 && (balanced || mode == "active-backup") && bond["interfaces"] != nil {
		d.sometimes(bond, "primary", "eth2")
	}
	for _, option := range bondOptions {
		if len(option.modes) == 0 || slices.Contains(option.modes, mode) {
			d.sometimes(bond, option.key, option.values[d.Intn(len(option.values))])
		}
	}
	return bond
}
