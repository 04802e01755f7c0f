// Renders random fleets with Slipway and makes the same configs with Talos' own module: generate the base, patch in
// what the Node says, apply the user's patches. Both must load, validate and be equal after decoding.
package main

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"time"
)

func main() {
	slipway := flag.String("slipway", "", "the program under test")
	count := flag.Int("count", 200, "how many fleets")
	seed := flag.Int64("seed", time.Now().UnixNano(), "of the first fleet")
	schemas := flag.String("schemas", "", "folder of the schemas whose fields must be in play")
	keep := flag.Bool("keep", false, "keep the folder of a fleet that failed")
	flag.Parse()

	if err := checkCoverage(*schemas); err != nil {
		fail("%v", err)
	}
	fmt.Printf("seed %d, %d fleets\n", *seed, *count)
	bundle, err := newBundle(*slipway)
	if err != nil {
		fail("making a secrets bundle: %v", err)
	}
	defer os.RemoveAll(filepath.Dir(bundle))
	configs, failed := 0, 0
	for i := 0; i < *count; i++ {
		fleet := randomFleet(rand.New(rand.NewSource(*seed + int64(i))))
		made, err := check(*slipway, bundle, fleet, *keep)
		configs += made
		if err != nil {
			fmt.Printf("seed %d (Talos %s): %v\n", *seed+int64(i), fleet.talosVersion, err)
			if failed++; failed == 5 {
				break
			}
		}
	}
	fmt.Printf("%d configs compared\n", configs)
	if failed > 0 {
		fail("%d fleets differ; run again with -seed N -count 1 -keep", failed)
	}
	if configs < *count {
		fail("too few configs to mean anything")
	}
}

func fail(format string, args ...any) {
	fmt.Printf(format+"\n", args...)
	os.Exit(1)
}
