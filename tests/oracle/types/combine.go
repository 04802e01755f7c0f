package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// combine writes each line once, with the releases that have it as `1.N` ranges. Releases without a list stay what the
// present file says of them.
func combine(out io.Writer, present string, files []string) error {
	seen := map[string][]int{}
	newest := map[int][]string{}

	for _, name := range files {
		_, minor, lines, err := listed(name)
		if err != nil {
			return err
		}

		newest[minor] = lines
	}

	last := 0

	for ; ; last++ {
		lines, given := newest[oldest+last]
		if !given {
			said, err := column(present, oldest+last)
			if err != nil {
				return err
			}

			if !slices.ContainsFunc(slices.Collect(maps.Keys(said)), func(line string) bool { return !strings.HasPrefix(line, "type\t") }) {
				break
			}

			lines = slices.Collect(maps.Keys(said))
		}

		for _, line := range lines {
			seen[line] = append(seen[line], last)
		}
	}

	last--

	lines := make([]string, 0, len(seen))
	for line := range seen {
		lines = append(lines, line)
	}

	slices.Sort(lines)

	fmt.Fprintf(out, "# Talos' config types, releases 1.%d to 1.%d. Made by tests/oracle/types; do not edit.\n", oldest, oldest+last)

	owner := ""

	for _, line := range lines {
		where := seen[line]

		if strings.HasPrefix(line, "type\t") {
			fmt.Fprintln(out, line)

			continue
		}

		// Fields stand below a line that names their type.
		if parts := strings.SplitN(line, "\t", 3); parts[0] == "field" {
			if parts[1] != owner {
				owner = parts[1]
				fmt.Fprintf(out, "type\t%s\n", owner)
			}

			line = "\t" + parts[2]
		}

		for start := 0; start < len(where); {
			end := start
			for end+1 < len(where) && where[end+1] == where[end]+1 {
				end++
			}

			fmt.Fprintf(out, "%s\t%d-%d\n", line, oldest+where[start], oldest+where[end])
			start = end + 1
		}
	}

	return nil
}

// oldest is the minor release of the first list.
const oldest = 8
