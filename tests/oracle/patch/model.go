package main

import (
	"fmt"
	"os"
	"strings"
)

type field struct{ name, expression string }

type kind struct {
	kind, structure string
	named           bool
}

// model is what types.txt says of one release.
type model struct {
	minor   int
	kinds   []kind
	main    kind
	structs map[string][]field
	words   map[string][]string
}

func covers(span string, minor int) bool {
	var first, last int
	if n, err := fmt.Sscanf(span, "%d-%d", &first, &last); n != 2 || err != nil {
		return false
	}

	return first <= minor && minor <= last
}

func readModel(name string, minor int) (*model, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}

	m := &model{minor: minor, structs: map[string][]field{}, words: map[string][]string{}}
	owner := ""

	for line := range strings.Lines(string(text)) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")

		if columns[0] == "type" {
			owner = columns[1]

			continue
		}

		if !covers(columns[len(columns)-1], minor) {
			continue
		}

		switch columns[0] {
		case "":
			m.structs[owner] = append(m.structs[owner], field{columns[1], columns[2]})
		case "enum":
			m.words[columns[1]] = strings.Split(columns[3], ",")
		case "kind":
			k := kind{columns[1], columns[2], columns[3] == "named"}
			if k.kind == "main" {
				m.main = k
			} else {
				m.kinds = append(m.kinds, k)
			}
		}
	}

	return m, nil
}
