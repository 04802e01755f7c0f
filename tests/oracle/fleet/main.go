// Renders random fleets with Slipway and makes the same configs with Talos' own module: generate the base, patch in
// what the Node says, apply the user's patches. Both must load, validate and be equal after decoding. A config is judged
// by the module that knows its contract: there are two of this program (module.go).
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

func main() {
	slipway := flag.String("slipway", "", "the program under test")
	count := flag.Int("count", 200, "how many fleets")
	seed := flag.Int64("seed", time.Now().UnixNano(), "of the first fleet")
	schemas := flag.String("schemas", "", "folder of the schemas whose fields must be in play")
	only := flag.Int("minor", 0, "the contract of all fleets, instead of each in turn")
	keep := flag.Bool("keep", false, "keep the folder of a fleet that failed")
	example := flag.String("example", "", "a repository to judge instead of random ones")
	rendered := flag.String("rendered", "", "the folder that Slipway rendered it to")
	flag.Parse()

	if *example != "" {
		if err := checkExample(*example, *rendered); err != nil {
			fail("%s: %v", *example, err)
		}
		return
	}

	if err := checkCoverage(*schemas); err != nil {
		fail("%v", err)
	}
	fmt.Printf("seed %d, %d fleets\n", *seed, *count)
	bundle, err := newBundle(*slipway)
	if err != nil {
		fail("making a secrets bundle: %v", err)
	}
	defer os.RemoveAll(filepath.Dir(bundle))
	configs, failed := map[int]int{}, 0
	for i := range *count {
		contract := contractOf(i)
		if *only != 0 {
			contract = *only
		}
		fleet := randomFleet(*seed+int64(i), contract)
		if err := check(*slipway, bundle, fleet, configs, *keep); err != nil {
			fmt.Printf("seed %d (Talos %s): %v\n", *seed+int64(i), fleet.talosVersion, err)
			if failed++; failed == 5 {
				break
			}
		}
	}
	for _, minor := range slices.Sorted(maps.Keys(configs)) {
		fmt.Printf("Talos 1.%d: %d configs compared\n", minor, configs[minor])
	}
	if failed > 0 {
		fail("%d fleets differ; run again with -seed N -minor M -count 1 -keep", failed)
	}
	for minor := range releases {
		if *only == 0 && judges(minor) && configs[minor] < *count/len(releases) {
			fail("too few configs of Talos 1.%d to mean anything", minor)
		}
	}
}

// contractOf gives every contract the same share of the fleets.
func contractOf(i int) int { return 8 + i%len(releases) }

func fail(format string, args ...any) {
	fmt.Printf(format+"\n", args...)
	os.Exit(1)
}
