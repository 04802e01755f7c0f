package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// check compares the lines that the combined file has for a release with that release's list.
func check(combined, listed string) error {
	text, err := os.ReadFile(combined)
	if err != nil {
		return err
	}

	list, err := os.ReadFile(listed)
	if err != nil {
		return err
	}

	lines := strings.Split(strings.TrimSpace(string(list)), "\n")

	var minor int
	if _, err = fmt.Sscanf(lines[0], "version v1.%d.", &minor); err != nil {
		return err
	}

	want := map[string]bool{}
	for _, line := range lines[1:] {
		want[line] = true
	}

	differ := 0
	owner := ""

	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		at := strings.LastIndexByte(line, '\t')

		if strings.HasPrefix(line, "type\t") {
			owner = line[len("type\t"):]
			delete(want, line)

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

		if !want[line] {
			fmt.Println("only in the file:", line)

			differ++
		}

		delete(want, line)
	}

	for line := range want {
		fmt.Println("missing in the file:", line)

		differ++
	}

	if differ > 0 {
		return errors.New(lines[0] + " is not what the file says")
	}

	return nil
}
