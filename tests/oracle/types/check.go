package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// column is what the combined file says of a minor release: the lines that `list` would print of it. Types without
// fields have no release there and are in every column.
func column(combined string, minor int) (map[string]bool, error) {
	text, err := os.ReadFile(combined)
	if err != nil {
		return nil, err
	}

	said := map[string]bool{}
	owner := ""
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")

	for i, line := range lines {
		at := strings.LastIndexByte(line, '\t')

		if strings.HasPrefix(line, "type\t") {
			owner = line[len("type\t"):]
			if i+1 == len(lines) || !strings.HasPrefix(lines[i+1], "\t") {
				said[line] = true
			}

			continue
		}

		var first, last int
		if n, _ := fmt.Sscanf(line[at+1:], "%d-%d", &first, &last); n != 2 || minor < first || last < minor {
			continue
		}

		line = line[:at]
		if strings.HasPrefix(line, "\t") {
			line = "field\t" + owner + line
		}

		said[line] = true
	}

	return said, nil
}

// listed reads the list of a release.
func listed(file string) (version string, minor int, lines []string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", 0, nil, err
	}

	lines = strings.Split(strings.TrimSpace(string(text)), "\n")
	_, err = fmt.Sscanf(lines[0], "version v1.%d.", &minor)

	return lines[0], minor, lines[1:], err
}

// check compares what the combined file says of a release with that release's list.
func check(combined, file string) error {
	version, minor, lines, err := listed(file)
	if err != nil {
		return err
	}

	said, err := column(combined, minor)
	if err != nil {
		return err
	}

	differ := 0

	for _, line := range lines {
		if !said[line] {
			fmt.Println("missing in the file:", line)

			differ++
		}

		delete(said, line)
	}

	for line := range said {
		if !strings.HasPrefix(line, "type\t") {
			fmt.Println("only in the file:", line)

			differ++
		}
	}

	if differ > 0 {
		return errors.New(version + " is not what the file says")
	}

	return nil
}
