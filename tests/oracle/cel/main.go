// Command cel lets Talos' own module and slipway judge the same random CEL expressions: whether they are conditions that
// may stand where a disk, a volume or a link is chosen.
//
//	cel -slipway BINARY -minor 13 -seed 1 -cases 3000
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/google/cel-go/cel"
	talos "github.com/siderolabs/talos/pkg/machinery/cel"
	"github.com/siderolabs/talos/pkg/machinery/cel/celenv"
)

// Filled up by what later releases have (module_114.go).
var environments = map[string]func() *cel.Env{"disk": celenv.DiskLocator, "volume": celenv.VolumeLocator, "link": celenv.LinkLocator}

func main() {
	slipway := flag.String("slipway", "", "the program to compare; without it the cases are printed")
	minor := flag.Int("minor", 13, "the minor release of the module this was built with")
	seed := flag.Uint64("seed", 1, "of all cases")
	cases := flag.Int("cases", 3000, "for each place")
	flag.Parse()

	for i, where := range places {
		if environments[where.name] == nil {
			fmt.Printf("%s: Talos 1.%d has no such place\n", where.name, *minor)
			continue
		}
		g := &generator{Rand: rand.New(rand.NewPCG(*seed, uint64(i))), place: where}
		if err := compare(*slipway, *minor, *cases, g); err != nil {
			fmt.Fprintf(os.Stderr, "cel: %s, seed %d: %v\n", where.name, *seed, err)
			os.Exit(1)
		}
	}
}

func compare(slipway string, minor, cases int, g *generator) error {
	var expressions []string
	for range cases {
		expressions = append(expressions, g.next())
	}
	accepted := map[int]error{}
	for i, text := range expressions {
		_, err := talos.ParseBooleanExpression(text, environments[g.place.name]())
		accepted[i] = err
	}
	if slipway == "" {
		for i, text := range expressions {
			encoded, _ := json.Marshal(text)
			fmt.Println(g.place.name, accepted[i] == nil, string(encoded))
		}
		return nil
	}
	refused, err := judge(slipway, minor, g.place.name, expressions)
	if err != nil {
		return err
	}
	good, differ := 0, 0
	for i, text := range expressions {
		message, no := refused[i]
		if accepted[i] == nil {
			good++
		}
		if no == (accepted[i] != nil) {
			continue
		}
		if differ++; differ <= 10 {
			fmt.Printf("%s\n  Talos:   %v\n  Slipway: %s\n", text, accepted[i], message)
		}
	}
	fmt.Printf("%s: %d expressions, %d of them good, %d judged differently\n", g.place.name, cases, good, differ)
	if differ > 0 {
		return errors.New("the judgements differ")
	}
	if good < cases/20 || good > cases*19/20 {
		return errors.New("the cases are too much alike to mean anything")
	}
	return nil
}

// document that holds an expression, in one line.
func document(where string, number int, expression string) string {
	text, _ := json.Marshal(expression)
	switch where {
	case "disk":
		return fmt.Sprintf(`{apiVersion: v1alpha1, kind: UserVolumeConfig, name: v%d, provisioning: {minSize: 1GiB, diskSelector: {match: %s}}}`, number, text)
	case "member":
		return fmt.Sprintf(`{apiVersion: v1alpha1, kind: LVMVolumeGroupConfig, name: v%d, provisioning: {volumeSelector: {match: %s}}}`, number, text)
	case "volume":
		return fmt.Sprintf(`{apiVersion: v1alpha1, kind: ExistingVolumeConfig, name: v%d, discovery: {volumeSelector: {match: %s}}}`, number, text)
	}
	return fmt.Sprintf(`{apiVersion: v1alpha1, kind: LinkAliasConfig, name: v%d, selector: {match: %s}}`, number, text)
}

// judge gives what slipway says of the expressions that it refuses.
func judge(slipway string, minor int, where string, expressions []string) (map[int]string, error) {
	folder, err := os.MkdirTemp("", "cel")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	var text strings.Builder
	for i, expression := range expressions {
		text.WriteString(document(where, i, expression) + "\n---\n")
	}
	path := filepath.Join(folder, "config.yaml")
	if err = os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		return nil, err
	}
	out, err := exec.Command(slipway, "talos", "validate", path, "--mode", "cloud", "--talos-version", fmt.Sprintf("v1.%d", minor), "-o", "json").Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		return nil, err
	}
	var found []struct {
		Line    int    `json:"line"`
		Message string `json:"message"`
	}
	if err = json.Unmarshal(out, &found); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	refused := map[int]string{}
	for _, problem := range found {
		if !strings.Contains(problem.Message, "CEL") && !strings.Contains(problem.Message, "is missing") && !strings.Contains(problem.Message, "needs `selector.match`") {
			return nil, fmt.Errorf("line %d: %s", problem.Line, problem.Message)
		}
		refused[(problem.Line-1)/2] = problem.Message
	}
	return refused, nil
}
