package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// mutation is a config with one thing changed, and what that was.
type mutation struct{ name, text string }

// Words that some field takes and another does not.
var words = []string{"", "x", "a b", "-1", "0", "1", "70000", "true", "10.0.0.1", "10.0.0.0/24", "fd00::/64", "https://a.example/b", "tcp://a.example:80", "/dev/x", "10GiB"}

// mutations of upstream's samples, of our own for what upstream has none of, and of the configs that its generator makes
// for this release.
func mutations(samples, own string, minor int) ([]mutation, error) {
	var all []mutation

	goldens := filepath.Join(samples, "types", "v1alpha1", "testdata", "stability", fmt.Sprintf("v1.%d", minor))

	controlPlane, err := read(filepath.Join(goldens, "base-controlplane.yaml"), minor)
	if err != nil {
		return nil, err
	}

	visit := func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") || !judged(path, samples, goldens, own, minor) {
			return err
		}

		documents, err := read(path, minor)
		if err != nil {
			return err
		}

		// What belongs to a control plane is looked at in the config of one.
		var around []*yaml.Node
		if minor >= documentsOfKubernetes && strings.Contains(path, "/k8s/") {
			around = without(controlPlane, documents)
		}

		name := filepath.Base(filepath.Dir(filepath.Dir(path))) + "/" + filepath.Base(path)
		add := func(what string) {
			all = append(all, mutation{name + ": " + what, write(append(slices.Clone(around), documents...))})
		}
		add("as it is")

		for _, document := range documents {
			mutate(document.Content[0], "", add)
		}

		return nil
	}

	return all, errors.Join(filepath.WalkDir(samples, visit), filepath.WalkDir(own, visit))
}

// From this minor on Kubernetes is said in documents, and our own samples can be read.
const documentsOfKubernetes = 14

// judged tells whether a file is a config, or one that can stand alone.
func judged(path, samples, goldens, own string, minor int) bool {
	switch {
	case strings.HasPrefix(path, own):
		return minor >= documentsOfKubernetes
	case strings.HasPrefix(path, goldens):
		return true
	}

	path = strings.TrimPrefix(path, samples)

	return strings.Contains(path, "/testdata/") && strings.HasPrefix(path, "/types/") && !strings.Contains(path, "/v1alpha1/") && !strings.Contains(path, "/meta/")
}

func read(path string, minor int) ([]*yaml.Node, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}

	// The goldens are made for a release of Kubernetes that is too old by now, and some without a disk.
	text = bytes.ReplaceAll(text, []byte(":v1.28.0"), []byte(":v1."+strconv.Itoa(minor+22)+".0"))
	text = bytes.ReplaceAll(text, []byte("  install:\n        wipe"), []byte("  install:\n        disk: /dev/sda\n        wipe"))
	decoder := yaml.NewDecoder(bytes.NewReader(text))

	var documents []*yaml.Node

	for {
		var document yaml.Node
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			return documents, nil
		} else if err != nil {
			return nil, err
		}

		documents = append(documents, &document)
	}
}

// without are the documents whose kind is none of the others'.
func without(documents, others []*yaml.Node) []*yaml.Node {
	return slices.DeleteFunc(slices.Clone(documents), func(document *yaml.Node) bool {
		return slices.ContainsFunc(others, func(other *yaml.Node) bool { return kindOf(other) == kindOf(document) })
	})
}

func kindOf(document *yaml.Node) string {
	var head struct {
		Kind string `yaml:"kind"`
	}

	document.Decode(&head) //nolint:errcheck

	return head.Kind
}

func write(documents []*yaml.Node) string {
	var out bytes.Buffer

	encoder := yaml.NewEncoder(&out)
	for _, document := range documents {
		encoder.Encode(document) //nolint:errcheck
	}

	return out.String()
}

// mutate changes one thing below a node at a time, tells, and puts it back.
func mutate(node *yaml.Node, path string, tell func(what string)) {
	was := *node

	try := func(by yaml.Node, what string) {
		*node = by
		tell(path + " " + what)
		*node = was
	}

	switch node.Kind {
	case yaml.MappingNode:
		if path != "" && len(node.Content) > 0 {
			try(yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}, "empty")
		}

		for i := 0; i < len(was.Content); i += 2 {
			key := was.Content[i].Value
			if key == "apiVersion" || key == "kind" {
				continue
			}

			without := was
			without.Content = append(append([]*yaml.Node{}, was.Content[:i]...), was.Content[i+2:]...)
			try(without, "without "+key)
			mutate(was.Content[i+1], path+"."+key, tell)
		}
	case yaml.SequenceNode:
		if len(was.Content) == 0 {
			return
		}

		try(yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}, "empty")

		twice := was
		twice.Content = append(append([]*yaml.Node{}, was.Content...), was.Content[0])
		try(twice, "with its first item twice")

		for i, item := range was.Content {
			mutate(item, fmt.Sprintf("%s[%d]", path, i), tell)
		}
	case yaml.ScalarNode:
		for _, word := range words {
			by := yaml.Node{Kind: yaml.ScalarNode, Value: word}
			if word == "" || (was.Tag == "!!str" && word != "true" && !strings.ContainsAny(word[:1], "-017")) {
				by.Tag, by.Style = "!!str", yaml.DoubleQuotedStyle
			}

			try(by, "is "+strconv.Quote(word))
		}
	}
}
