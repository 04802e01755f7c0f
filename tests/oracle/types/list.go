package main

import (
	"encoding"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
)

// lister collects the lines of one release.
type lister struct {
	lines map[string]struct{}
	known map[reflect.Type]bool
	todo  []reflect.Type
}

func list(out io.Writer, version, sources string) error {
	l := lister{lines: map[string]struct{}{}, known: map[reflect.Type]bool{}}

	words, err := literals(sources)
	if err != nil {
		return err
	}

	if err = l.document("", "machine: {}\n", "main"); err != nil {
		return err
	}

	for _, word := range words {
		// Only what the module's own registry knows can be decoded; other words are no kinds. Some kinds refuse a
		// document without names.
		for _, fields := range []string{"", "name: a\npeer: {name: b}\n"} {
			if err = l.document(word, "apiVersion: v1alpha1\nkind: "+word+"\n"+fields, word); err == nil {
				break
			}
		}
	}

	for len(l.todo) > 0 {
		next := l.todo[0]
		l.todo = l.todo[1:]
		l.structure(next)
	}

	lines := make([]string, 0, len(l.lines))
	for line := range l.lines {
		lines = append(lines, line)
	}

	slices.Sort(lines)
	fmt.Fprintln(out, "version", version)

	for _, line := range lines {
		fmt.Fprintln(out, line)
	}

	return nil
}

var literal = regexp.MustCompile(`"([A-Z][A-Za-z0-9]+)"`)

// literals are the quoted words of the sources that could be a kind.
func literals(sources string) ([]string, error) {
	found := map[string]struct{}{}
	root := filepath.Join(sources, "config", "types")

	err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}

		text, err := os.ReadFile(name)
		for _, match := range literal.FindAllSubmatch(text, -1) {
			found[string(match[1])] = struct{}{}
		}

		return err
	})

	words := make([]string, 0, len(found))
	for word := range found {
		words = append(words, word)
	}

	slices.Sort(words)

	return words, err
}

func (l *lister) add(parts ...string) { l.lines[strings.Join(parts, "\t")] = struct{}{} }

func (l *lister) document(kind, text, label string) error {
	provider, err := configloader.NewFromBytes([]byte(text))
	if err != nil {
		return err
	}

	documents := provider.Documents()
	if len(documents) != 1 {
		return fmt.Errorf("%s: %d documents", label, len(documents))
	}

	t := reflect.TypeOf(documents[0]).Elem()
	named := "single"

	if _, ok := reflect.New(t).Interface().(interface{ Name() string }); ok {
		named = "named"
	}

	if kind == "" {
		named = "main"
	}

	l.add("kind", label, l.name(t), named)

	return nil
}

// name of a type, queued to be described.
func (l *lister) name(t reflect.Type) string {
	if !l.known[t] {
		l.known[t] = true
		l.todo = append(l.todo, t)
	}

	return typeName(t)
}

func typeName(t reflect.Type) string { return path.Base(t.PkgPath()) + "." + t.Name() }

func (l *lister) structure(t reflect.Type) {
	if t.NumField() == 0 {
		l.add("type", typeName(t))
	}

	l.fields(typeName(t), t)
}

func (l *lister) fields(owner string, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		tag := strings.Split(field.Tag.Get("yaml"), ",")

		if tag[0] == "-" || (!field.IsExported() && !field.Anonymous) {
			continue
		}

		if slices.Contains(tag[1:], "inline") {
			inner := field.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}

			if inner.Kind() == reflect.Struct {
				l.fields(owner, inner)
			} else {
				l.add("field", owner, "*", l.expression(inner), "-")
			}

			continue
		}

		name := tag[0]
		if name == "" {
			name = strings.ToLower(field.Name)
		}

		merge := "-"
		if slices.Contains(strings.Split(field.Tag.Get("merge"), ","), "replace") {
			merge = "replace"
		}

		l.add("field", owner, name, l.expression(field.Type), merge)
	}
}

var (
	textType   = reflect.TypeFor[encoding.TextUnmarshaler]()
	yamlType   = reflect.TypeFor[interface{ UnmarshalYAML(func(any) error) error }]()
	mergerType = reflect.TypeFor[interface{ Merge(any) error }]()
)

// ownLists are the list types that say themselves how they merge, and what Slipway calls their rules.
var ownLists = map[string]string{
	"NetworkDeviceList":         "[interface]",
	"VlanList":                  "[by:vlanId]",
	"AdmissionPluginConfigList": "[by:name]",
	"ConfigFileList":            "[by:mountPath]",
	"ImageVerificationRules":    "[swap:image]",
	"ClusterInlineManifests":    "[trimmed]",
}

// pem are the certificates and keys: each is decoded whole, from a mapping of base64 texts.
var pem = map[string]string{
	"PEMEncodedCertificate":       "<crt>",
	"PEMEncodedKey":               "<key>",
	"PEMEncodedCertificateAndKey": "<crt,key>",
}

// expression of a type: prefixes `*` (optional), `[]`, `{}` (mapping), then a scalar, a leaf (@) or a type.
func (l *lister) expression(t reflect.Type) string {
	if rule, ok := ownLists[t.Name()]; ok {
		return rule + l.expression(t.Elem())
	}

	switch {
	case strings.HasPrefix(t.Name(), "PEMEncoded"):
		return pem[t.Name()]
	case t.Name() == "Args":
		return "{args}"
	case t.Name() == "Unstructured":
		return "object"
	case t.Kind() != reflect.Pointer && isLeaf(t):
		l.leaf(t)

		return "@" + typeName(t)
	}

	if reflect.PointerTo(t).Implements(mergerType) {
		panic("a merge rule that is not known: " + t.String())
	}

	switch t.Kind() {
	case reflect.Pointer:
		return "*" + l.expression(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "octets"
		}

		return "[]" + l.expression(t.Elem())
	case reflect.Map:
		return "{}" + l.expression(t.Elem())
	case reflect.Struct:
		return l.name(t)
	case reflect.Interface:
		return "any"
	default:
		return t.Kind().String()
	}
}

func isLeaf(t reflect.Type) bool {
	pointer := reflect.PointerTo(t)

	return t.PkgPath() == "time" || pointer.Implements(textType) || pointer.Implements(yamlType)
}
