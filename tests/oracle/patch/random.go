package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

type generator struct {
	model *model
	rand  *rand.Rand
	dense bool
}

func (g *generator) chance(percent int) bool { return g.rand.IntN(100) < percent }

func pick[T any](g *generator, items ...T) T { return items[g.rand.IntN(len(items))] }

var leaves = map[string][]any{
	"ByteSize": {"10GiB", "20 MB", "1024", ""}, "Size": {"10GiB", "80%", "5%", "1TB", ""},
	"Expression": {"true", "disk.size > 10u", "glob(\"a*\", name)"}, "Prefix": {"10.0.0.0/24", "10.1.0.1/16", "fd00::/8"},
	"Addr": {"10.0.0.1", "10.0.0.2", "fd00::1"}, "AddrPort": {"10.0.0.1:80", "[fd00::1]:80"},
	"URL": {"https://a:1/x", "https://b", "http://c/y?q=1", "tcp://d:5/", "https://u:p@e/z"}, "Endpoint": {"https://a:6443/", "https://b", "http://c/y?q=1#f", "https://u@e/"},
	"HardwareAddr": {"aa:bb:cc:dd:ee:ff", "AA:bb:cc:dd:ee:00", "00010001", "a:ab:b", "aa-bb", ""}, "RoutingTable": {"main", "local"}, "VLANProtocol": {"802.1q", "802.1ad"},
	"PortRange": {80, "90-95"}, "Duration": {"1s", "0s", "1h30m"}, "Base64Bytes": {"YQ==", "Yg==", ""}, "DiskSize": {"10GB", "20GB"},
	"InstallDiskSizeMatcher": {">= 10GB", "20GB"}, "MDLevel": {"raid1", "raid0"}, "InstallDiskType": {"ssd", "nvme"},
}

func (g *generator) text(name string) any {
	switch name {
	case "interface", "mountPath", "image", "link", "parent":
		return pick(g, "eth0", "eth1")
	case "name":
		return pick(g, "a", "b", "c")
	}

	return pick[any](g, "a", "b", "", "x y", "a/b~c", plain("0644"), plain("true"), plain("1e3"), plain("0x10"), plain("yes"), plain("off"), plain("1.50"), "null", 7)
}

// value of an expression; deep ones get sparser.
func (g *generator) value(name, expression string, depth int) any {
	switch {
	case g.chance(2):
		return nil
	case strings.HasPrefix(expression, "*"):
		return g.value(name, expression[1:], depth)
	case strings.HasPrefix(expression, "["):
		return g.list(name, expression[strings.Index(expression, "]")+1:], depth)
	case expression == "{args}":
		args := object{}

		for _, key := range []string{"a", "b", "c"} {
			switch {
			case g.chance(30):
				args = append(args, entry{key, pick(g, "x", "", "y")})
			case g.chance(20):
				args = append(args, entry{key, []any{"x", "y"}})
			}
		}

		return args
	case strings.HasPrefix(expression, "{}"):
		result := object{}

		for _, key := range []string{"a", "b/c", "d"} {
			if g.chance(40) {
				result = append(result, entry{key, g.value(key, expression[2:], depth+1)})
			}
		}

		return result
	case strings.HasPrefix(expression, "<"):
		result := object{}

		for _, key := range strings.Split(strings.Trim(expression, "<>"), ",") {
			if g.chance(70) {
				result = append(result, entry{key, pick(g, "YQ==", "Yg==", "")})
			}
		}

		return result
	case strings.HasPrefix(expression, "@"):
		if words, ok := g.model.words[expression[1:]]; ok {
			return pick(g, words...)
		}

		return pick(g, leaves[expression[strings.Index(expression, ".")+1:]]...)
	case expression == "object":
		return g.free(0)
	case expression == "bool":
		return pick[any](g, true, false, false, plain("yes"), plain("off"))
	case strings.HasPrefix(expression, "int"), strings.HasPrefix(expression, "uint"):
		return pick[any](g, 0, 1, 5, 42, plain("0644"), plain("0x10"))
	case expression == "string", expression == "octets":
		return g.text(name)
	default:
		return g.structure(expression, depth+1)
	}
}

func (g *generator) list(name, item string, depth int) any {
	items := []any{}
	for range g.rand.IntN(3) {
		// Before 1.14 an item that is null can make the module panic.
		if value := g.value(name, item, depth+1); value != nil || g.model.minor >= 14 {
			items = append(items, value)
		}
	}

	return items
}

func (g *generator) free(depth int) any {
	result := object{}

	for _, key := range []string{"a", "b", "c"} {
		switch roll := g.rand.IntN(10); {
		case roll == 0:
			result = append(result, entry{key, []any{1, "x"}})
		case roll == 1 && depth < 3:
			result = append(result, entry{key, g.free(depth + 1)})
		case roll < 4:
			result = append(result, entry{key, pick[any](g, "x", "", "y")})
		case roll == 5:
			result = append(result, entry{key, pick[any](g, 1, 0, true, false, plain("0644"), nil, 1.5)})
		}
	}

	return result
}

func (g *generator) structure(name string, depth int) any {
	result := object{}
	percent := 45 - 5*depth

	if percent < 12 {
		percent = 12
	}

	for _, f := range g.model.structs[name] {
		if f.name == "apiVersion" || f.name == "kind" || (depth == 0 && f.name == "name") {
			continue
		}

		if depth < 7 && g.chance(percent) {
			result = append(result, entry{f.name, g.value(f.name, f.expression, depth)})
		}
	}

	return result
}

type identity struct {
	kind kind
	name string
}

func (g *generator) document(id identity) any {
	body := g.structure(id.kind.structure, 0).(object) //nolint:forcetypeassert,errcheck

	if id.kind.kind == "main" {
		if _, ok := body.find("machine"); !ok {
			body = append(object{{"machine", g.value("machine", "v1alpha1.MachineConfig", 0)}}, body...)
		}

		return body
	}

	head := object{{"apiVersion", "v1alpha1"}, {"kind", id.kind.kind}}
	if id.kind.named {
		head = append(head, entry{"name", id.name})
	}

	return append(head, body...)
}

// example makes a config and a patch that mostly meets its documents.
func (g *generator) example() (config, patch string) {
	ids := []identity{}

	if g.chance(60) {
		ids = append(ids, identity{kind: g.model.main})
	}

	for i := range 1 + g.rand.IntN(2) {
		k := pick(g, g.model.kinds...)
		if len(ids) > 0 && ids[len(ids)-1].kind.kind == k.kind {
			continue
		}

		ids = append(ids, identity{k, fmt.Sprintf("d%d", i)})
	}

	if g.chance(15) {
		ids = ids[:1]
	}

	documents := []any{}
	for _, id := range ids {
		documents = append(documents, g.document(id))
	}

	if g.chance(12) {
		return stream(documents), g.operations(documents[0])
	}

	parts := []any{}

	for i, id := range ids {
		if !g.chance(75) {
			continue
		}

		part := g.document(id)
		if g.chance(25) {
			part = g.deletion(part, documents[i])
		}

		if g.chance(4) {
			part = append(part.(object), entry{"nonsense", 1}) //nolint:forcetypeassert,errcheck
		}

		parts = append(parts, part)
	}

	if len(parts) == 0 || g.chance(10) {
		parts = append(parts, g.document(identity{pick(g, g.model.kinds...), "new"}))
	}

	return stream(documents), stream(parts)
}
