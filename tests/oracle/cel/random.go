package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// place is where an expression stands: its variables and their fields by type.
type place struct {
	name   string
	fields map[string][]string
	units  bool
}

var places = []place{
	{name: "disk", units: true, fields: map[string][]string{
		"uint": {"disk.size", "disk.io_size", "disk.sector_size"}, "bool": {"system_disk", "disk.rotational", "disk.readonly", "disk.cdrom"},
		"string": {"disk.model", "disk.serial", "disk.transport", "disk.dev_path", "disk.bus_path"}, "list": {"disk.symlinks", "disk.secondary_disks"},
		"dyn": {"disk", "disk.nothing", "nothing"}, "int": {"size(disk.symlinks)"}, "bytes": {"bytes(disk.model)"}}},
	{name: "volume", units: true, fields: map[string][]string{
		"uint": {"volume.size", "volume.offset", "volume.partition_index", "disk.size"}, "bool": {"disk.rotational", "disk.cdrom"},
		"string": {"volume.name", "volume.label", "volume.partition_label", "disk.serial"}, "list": {"disk.symlinks"},
		"dyn": {"volume", "system_disk", "volume.nothing"}, "int": {"volume.name.size()"}, "bytes": {"b'x'"}}},
	{name: "member", units: true, fields: map[string][]string{
		"uint": {"volume.size", "volume.offset", "disk.size"}, "bool": {"disk.rotational", "system_disk"},
		"string": {"volume_id", "volume.partition_label", "disk.serial"}, "list": {"disk.symlinks"},
		"dyn": {"volume", "disk", "volume.nothing"}, "int": {"volume_id.size()"}, "bytes": {"bytes(volume_id)"}}},
	{name: "link", fields: map[string][]string{
		"uint": {"link.mtu", "link.index", "link.vlan.vid", "link.bond_master.mii_mon"}, "bool": {"link.link_state", "link.bridge_master.stp.enabled"},
		"string": {"link.driver", "link.kind", "link.alias", "mac(link.permanent_addr)", "link.wireguard.public_key"}, "list": {"link.alt_names"},
		"dyn": {"link", "link.vlan", "link.wireguard.peers", "link.bond_master.nsip6_targets"},
		"int": {"link.speed_megabits", "link.type", "link.vrf_master.table"}, "bytes": {"link.hardware_addr", "link.permanent_addr"}}},
}

var types = []string{"bool", "int", "uint", "double", "string", "bytes", "list", "map", "duration", "timestamp", "dyn"}

type generator struct {
	*rand.Rand
	place  place
	locals []string
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }
func (g *generator) of(all ...string) string { return all[g.IntN(len(all))] }

// expression of a type, most of the time.
func (g *generator) expression(kind string, depth int) string {
	if g.chance(4) {
		kind = g.of(types...)
	}
	if depth <= 0 || g.chance(15) {
		return g.leaf(kind)
	}
	if g.chance(6) {
		return fmt.Sprintf("(%s ? %s : %s)", g.expression("bool", depth-1), g.expression(kind, depth-1), g.expression(kind, depth-1))
	}
	if g.chance(4) {
		return fmt.Sprintf("%s[%s]", g.expression(g.of("list", "map"), depth-1), g.expression(g.of("int", "string"), depth-1))
	}
	if g.chance(5) {
		return g.of("-", "!", "--", "!!", "- ", "!-") + g.expression(kind, depth-1)
	}
	next := func(kind string) string { return g.expression(kind, depth-1) }
	switch kind {
	case "bool":
		return g.condition(depth)
	case "int", "uint", "double":
		if g.chance(20) {
			return fmt.Sprintf("%s(%s)", kind, next(g.of("int", "uint", "double", "string", "timestamp", "duration")))
		}
		return fmt.Sprintf("%s %s %s", next(kind), g.of("+", "-", "*", "/", "%"), next(kind))
	case "string":
		return g.of(next("string")+" + "+next("string"), "string("+next(g.of(types...))+")")
	case "bytes":
		return g.of("bytes("+next("string")+")", next("bytes")+" + "+next("bytes"))
	case "list":
		return g.list(depth)
	case "map":
		return fmt.Sprintf("{%s: %s, %s: %s}", next("string"), next("int"), next(g.of("string", "int")), next("int"))
	case "duration":
		return g.of("duration("+next("string")+")", next("duration")+" + "+next("duration"), next("timestamp")+" - "+next("timestamp"))
	case "timestamp":
		return g.of("timestamp("+next("string")+")", next("timestamp")+" + "+next("duration"))
	}
	return fmt.Sprintf("dyn(%s)", next(g.of(types...)))
}

func (g *generator) condition(depth int) string {
	next := func(kind string) string { return g.expression(kind, depth-1) }
	kind := g.of(types...)
	switch g.IntN(9) {
	case 0:
		return next("bool") + g.of(" && ", " || ") + next("bool")
	case 1:
		return fmt.Sprintf("%s %s %s", next(kind), g.of("==", "!="), next(kind))
	case 2:
		return fmt.Sprintf("%s %s %s", next(kind), g.of("<", "<=", ">", ">="), next(kind))
	case 3:
		return fmt.Sprintf("%s in %s", next(g.of("string", "int")), next(g.of("list", "map")))
	case 4:
		return fmt.Sprintf("%s.%s(%s)", next("string"), g.of("startsWith", "endsWith", "contains", "matches", "lower"), next("string"))
	case 5:
		return fmt.Sprintf("%s(%s, %s)", g.of("glob", "matches", "glob", "mac"), next("string"), next("string"))
	case 6:
		return g.macro(g.of("all", "exists", "exists_one", "filter"), depth)
	case 7:
		return fmt.Sprintf("has(%s)", g.leaf(g.of("string", "uint", "list", "dyn")))
	}
	return fmt.Sprintf("type(%s) == %s", next(kind), g.of("int", "uint", "string", "list", "map", "bytes", "null_type", "type"))
}

func (g *generator) list(depth int) string {
	next := func(kind string) string { return g.expression(kind, depth-1) }
	switch g.IntN(4) {
	case 0:
		return "[" + next("string") + ", " + next(g.of("string", "string", "int", "dyn")) + "]"
	case 1:
		return next("list") + " + " + next("list")
	case 2:
		return g.macro("filter", depth)
	}
	return g.macro("map", depth)
}

func (g *generator) macro(name string, depth int) string {
	local := g.of("x", "y", "item")
	collection := g.expression(g.of("list", "list", "list", "map", "string"), depth-1)
	g.locals = append(g.locals, local)
	body := g.expression(g.of("bool", "bool", "bool", "string"), depth-1)
	if name == "map" {
		body = g.expression(g.of("string", "int"), depth-1)
		if g.chance(20) {
			body = g.expression("bool", depth-1) + ", " + body
		}
	}
	g.locals = g.locals[:len(g.locals)-1]
	return fmt.Sprintf("%s.%s(%s, %s)", collection, name, local, body)
}

func (g *generator) leaf(kind string) string {
	if len(g.locals) > 0 && g.chance(30) {
		return g.of(g.locals...)
	}
	if fields := g.place.fields[kind]; len(fields) > 0 && g.chance(60) {
		return g.of(fields...)
	}
	switch kind {
	case "bool":
		return g.of("true", "false")
	case "int":
		return g.of("0", "7", "-3", "0x1F", "9223372036854775807", "-9223372036854775808", "9223372036854775808")
	case "uint":
		unit := g.of("KiB", "GiB", "MB", "TB")
		return g.of("0u", "7u", "0xffu", "18446744073709551615u", "18446744073709551616u", "100u * "+unit, unit)
	case "double":
		return g.of("1.5", ".5", "1e3", "2.5e-3", "1.", "1.e3")
	case "string":
		return g.of(`"a"`, `'b'`, `r"\d"`, `"\n\x41\u00e9\101"`, `"\q"`, `'''x'''`, `"""y"""`, `"\400"`, `""`)
	case "bytes":
		return g.of(`b"a"`, `b'\x00'`, `rb"\d"`, `br'x'`, `b'\u00e9'`)
	case "list":
		return g.of("[]", `["a", "b"]`, "[1, 2]", `[1, "a", null]`, "[1,]", "[[1], []]")
	case "map":
		return g.of("{}", `{"a": 1}`, `{1: "a", 2: "b",}`, `{"a": 1, 2: 3u}`)
	case "duration":
		return `duration("1h")`
	case "timestamp":
		return `timestamp("2024-01-01T00:00:00Z")`
	}
	return g.of("null", "dyn(1)", "disk", "volume", "link", "x", "if", "int", "KiB")
}

// damaged expressions have a sign too much or too few.
func (g *generator) damaged(text string) string {
	at := g.IntN(len(text) + 1)
	if g.chance(50) && at < len(text) {
		return text[:at] + text[at+1:]
	}
	return text[:at] + g.of("(", ")", ".", ",", "!", "-", " ", "u", "[", "]", "?", ":", "=", "&", "'", "//", "\\", "0", "in ") + text[at:]
}

func (g *generator) next() string {
	text := g.expression("bool", 1+g.IntN(4))
	if g.chance(15) {
		text = g.damaged(text)
	}
	return strings.TrimSpace(text)
}
