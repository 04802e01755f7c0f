package main

import (
	"fmt"
	"strings"
)

// path of random keys into a document; the last may not be there.
func (g *generator) path(value any) []any {
	result := []any{}

	for {
		switch v := value.(type) {
		case object:
			if len(v) == 0 {
				return append(result, "missing")
			}

			e := pick(g, v...)
			result, value = append(result, e.key), e.value
		case []any:
			if len(v) == 0 {
				return append(result, 0)
			}

			i := g.rand.IntN(len(v))
			result, value = append(result, i), v[i]
		default:
			return result
		}

		if g.chance(35) {
			return result
		}
	}
}

// deletion puts a delete marker into a patch's document, at a place that its config often has.
func (g *generator) deletion(part, config any) any {
	head := object{}

	for _, key := range []string{"apiVersion", "kind", "name"} {
		if value, ok := part.(object).find(key); ok { //nolint:forcetypeassert,errcheck
			head = append(head, entry{key, value})
		}
	}

	if g.chance(20) && len(head) > 0 {
		return append(head, entry{"$patch", "delete"})
	}

	var marker any = object{{"$patch", "delete"}}

	path := g.path(config)
	for i := len(path) - 1; i >= 0; i-- {
		switch key := path[i].(type) {
		case string:
			marker = object{{key, marker}}
		case int:
			item := object{{"$patch", "delete"}}

			if list, ok := at(config, path[:i]).([]any); ok && key < len(list) {
				if fields, ok := list[key].(object); ok && len(fields) > 0 {
					item = append(item, pick(g, fields...))
				}
			}

			marker = []any{item}
		}
	}

	if o, ok := marker.(object); ok {
		for _, e := range o {
			if _, known := head.find(e.key); !known {
				head = append(head, e)
			}
		}
	}

	return head
}

func at(value any, path []any) any {
	for _, key := range path {
		switch k := key.(type) {
		case string:
			if o, ok := value.(object); ok {
				value, _ = o.find(k)
			} else {
				return nil
			}
		case int:
			if list, ok := value.([]any); ok && k < len(list) {
				value = list[k]
			} else {
				return nil
			}
		}
	}

	return value
}

func render(path []any) string {
	var b strings.Builder
	for _, key := range path {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(fmt.Sprint(key)))
	}

	return b.String()
}

// respelled writes a scalar in one of the ways that mean the same to some reader of YAML or JSON.
func (g *generator) respelled(value any) any {
	switch v := value.(type) {
	case int:
		return pick[any](g, v, v, plain(fmt.Sprintf("%d.0", v)), plain(fmt.Sprintf("%de0", v)), plain(fmt.Sprintf("0x%x", v)), fmt.Sprint(v))
	case bool:
		if v {
			return pick[any](g, true, plain("yes"), plain("on"), plain("True"), "true")
		}

		return pick[any](g, false, plain("no"), plain("off"), plain("False"), "false")
	case plain:
		return pick[any](g, v, v, string(v), true, false, 1000, 420, 16)
	default:
		return value
	}
}

// operations is an RFC 6902 patch.
func (g *generator) operations(document any) string {
	pointer := func() string {
		path := render(g.path(document))
		if g.chance(10) {
			path += "/-"
		}

		return path
	}

	result := []any{}

	for range 1 + g.rand.IntN(3) {
		op := object{{"op", pick(g, "add", "remove", "replace", "move", "copy", "test")}, {"path", pointer()}}
		if g.chance(20) {
			// A test of what is there, perhaps in other words.
			path := g.path(document)
			op = object{{"op", "test"}, {"path", render(path)}, {"value", g.respelled(at(document, path))}}
		} else if g.chance(60) {
			op = append(op, entry{"value", at(document, g.path(document))})
		} else {
			op = append(op, entry{"value", "x"})
		}

		result = append(result, append(op, entry{"from", pointer()}))
	}

	return stream([]any{result})
}
