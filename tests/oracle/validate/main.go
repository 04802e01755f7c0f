// Command validate lets Talos' own module and slipway judge the same whole configs: upstream's samples and generated
// configs, each with one thing in it changed.
//
//	validate -slipway BINARY -samples FOLDER -own FOLDER -minor 14 -seed 1 -cases 4000
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
)

func main() {
	slipway := flag.String("slipway", "", "the program to compare")
	samples := flag.String("samples", "", "pkg/machinery/config of the module this was built with")
	own := flag.String("own", "", "our own samples")
	minor := flag.Int("minor", 13, "its minor release")
	seed := flag.Uint64("seed", 1, "of the choice of cases")
	cases := flag.Int("cases", 4000, "how many; 0: all there are")
	flag.Parse()

	if err := run(*slipway, *samples, *own, *minor, *seed, *cases); err != nil {
		fmt.Fprintln(os.Stderr, "validate:", err)
		os.Exit(1)
	}
}

// metal is the mode of `talosctl validate --mode metal`.
type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return true }
func (metal) InContainer() bool     { return false }

// judge says what Talos finds wrong with a config, and what it frowns at.
func judge(text string) (warnings []string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()

	provider, err := configloader.NewFromBytes([]byte(text))
	if err != nil {
		return nil, err
	}

	return provider.Validate(metal{})
}

// Where the two are meant to differ, or Slipway does not look: the file, and what follows in a case's name.
var left = []struct {
	newest int
	file   string
	change string
	why    string
}{
	{99, "runtime/oom.yaml", ".triggerExpression is", "conditions of the OOM handler have functions of their own, which Slipway does not know"},
	{99, "runtime/oom.yaml", ".cgroupRankingExpression is", "likewise"},
	{99, "cri/cribaseruntimespecconfig.yaml", ".overrides.", "the types of OCI's runtime specification, which Slipway does not know"},
	{99, "runtime/eventsink.yaml", ".endpoint is", "Slipway wants a port that is one"},
	{99, "stability/", ".cluster.etcd.ca", "Slipway wants the key, too"},
	{13, "stability/", ".image is", "until 1.13 a node looks at the versions of images, and not the module; Slipway does"},
}

func leftOut(name string, minor int) bool {
	for _, l := range left {
		if minor <= l.newest && strings.HasPrefix(name, l.file) && strings.Contains(name, l.change) {
			return true
		}
	}

	return false
}

func run(slipway, samples, own string, minor int, seed uint64, count int) error {
	all, err := mutations(samples, own, minor)
	if err != nil {
		return err
	}

	fmt.Printf("Talos 1.%d: %d cases, seed %d\n", minor, len(all), seed)

	for _, l := range left {
		if minor <= l.newest {
			fmt.Printf("left out: %s %s (%s)\n", l.file, l.change, l.why)
		}
	}

	all = slices.DeleteFunc(all, func(c mutation) bool { return leftOut(c.name, minor) })

	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })

	if count > 0 && count < len(all) {
		all = all[:count]
	}

	good, differ := 0, 0

	for start := 0; start < len(all); start += batch {
		part := all[start:min(start+batch, len(all))]

		messages, err := ask(slipway, minor, part)
		if err != nil {
			return err
		}

		for i, c := range part {
			warnings, theirs := judge(c.text)
			if theirs == nil {
				good++
			} else {
				warnings = nil
			}

			ours := messages[i]
			if (theirs == nil) == (ours.err == "") && (theirs != nil || (len(warnings) == 0) == (ours.warning == "")) {
				continue
			}

			if differ++; differ <= shown {
				fmt.Printf("%s\n  Talos:   %s%s\n  Slipway: %s%s\n", c.name, inLine(theirs), strings.Join(warnings, "; "), ours.err, ours.warning)
			}
		}
	}

	fmt.Printf("Talos 1.%d: %d configs, %d of them good, %d judged differently\n", minor, len(all), good, differ)

	if differ > 0 {
		return errors.New("the judgements differ")
	}

	if good < len(all)/20 || good > len(all)*19/20 {
		return errors.New("the cases are too much alike to mean anything")
	}

	return nil
}

func inLine(err error) string {
	if err == nil {
		return ""
	}

	return strings.Join(strings.Fields(err.Error()), " ")
}

// How many files slipway is given at once.
const batch = 500

// How many differences are printed.
const shown = 20

// verdict is the first error and the first warning, "" where there is none.
type verdict struct{ err, warning string }

// ask gives slipway's verdict for each case.
func ask(slipway string, minor int, cases []mutation) ([]verdict, error) {
	folder, err := os.MkdirTemp("", "validate")
	if err != nil {
		return nil, err
	}

	defer os.RemoveAll(folder) //nolint:errcheck

	args := []string{"talos", "validate", "--mode", "metal", "--talos-version", fmt.Sprintf("v1.%d", minor), "-o", "json"}
	index := map[string]int{}

	for i, c := range cases {
		path := filepath.Join(folder, fmt.Sprintf("%04d.yaml", i))
		index[path] = i
		args = append(args, path)

		if err = os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			return nil, err
		}
	}

	out, err := exec.Command(slipway, args...).Output() //nolint:gosec

	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		return nil, err
	}

	var found []struct {
		File     string `json:"file"`
		Severity string `json:"severity"`
		Message  string `json:"message"`
	}

	if err = json.Unmarshal(out, &found); err != nil {
		return nil, err
	}

	messages := make([]verdict, len(cases))

	for _, problem := range found {
		at := &messages[index[problem.File]]
		if problem.Severity == "error" {
			at.err = cmp.Or(at.err, problem.Message)
		} else {
			at.warning = cmp.Or(at.warning, problem.Message)
		}
	}

	return messages, nil
}
