// Command types lists what a release of Talos decodes: every document kind, the fields of every type in it, and
// how two values of a leaf type merge. It reads nothing but the compiled module, by reflection.
//
//	types list VERSION SOURCES   one release, on standard output; SOURCES is the folder of pkg/machinery
//	types check FILE LIST        whether such a list is what the embedded file says of its release
//	types combine FILE LIST...   the embedded file, with these lists for their releases
package main

import (
	"fmt"
	"os"
)

func main() {
	var err error

	switch {
	case len(os.Args) == 4 && os.Args[1] == "list":
		err = list(os.Stdout, os.Args[2], os.Args[3])
	case len(os.Args) == 4 && os.Args[1] == "check":
		err = check(os.Args[2], os.Args[3])
	case len(os.Args) > 3 && os.Args[1] == "combine":
		err = combine(os.Stdout, os.Args[2], os.Args[3:])
	default:
		err = fmt.Errorf("usage: types list VERSION SOURCES | types combine FILE LIST...")
	}

	if err != nil {
		fmt.Fprintln(os.Stderr, "types:", err)
		os.Exit(1)
	}
}
