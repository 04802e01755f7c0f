// Command patch compares `slipway talos patch` with Talos' own module: it makes random configs and patches from the
// fields of types.txt, lets both sides patch, and reads both results with Talos' loader.
//
//	patch -slipway BINARY -types types.txt -minor 13 -seed 1 -cases 250
package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
)

func main() {
	binary := flag.String("slipway", "", "the program to compare")
	types := flag.String("types", "", "the data file of Talos' types")
	minor := flag.Int("minor", 13, "the minor release of the module this was built with")
	seed := flag.Uint64("seed", 1, "of the first case; the others follow")
	cases := flag.Int("cases", 250, "how many")
	flag.Parse()

	if err := run(*binary, *types, *minor, *seed, *cases); err != nil {
		fmt.Fprintln(os.Stderr, "patch:", err)
		os.Exit(1)
	}
}

type tally struct{ merged, refused, skipped, differ int }

func run(binary, types string, minor int, seed uint64, cases int) error {
	model, err := readModel(types, minor)
	if err != nil {
		return err
	}

	dir, err := os.MkdirTemp("", "patch")
	if err != nil {
		return err
	}

	defer os.RemoveAll(dir) //nolint:errcheck

	var all tally

	for i := 0; all.merged+all.refused+all.differ < cases; i++ {
		number := seed + uint64(i)
		g := generator{model: model, rand: rand.New(rand.NewPCG(number, 1))}
		config, patch := g.example()

		if _, err := load([]byte(config)); err != nil {
			all.skipped++

			continue
		}

		theirs, theirErr := upstream(configpatcher.WithBytes([]byte(config)), []byte(patch))
		ours, message, ourErr := slipway(binary, dir, minor, config, patch)

		switch {
		case ourErr != nil:
			return fmt.Errorf("seed %d: %w", number, ourErr)
		case theirErr != nil && message != "":
			all.refused++
		case theirErr == nil && message == "" && theirs == ours:
			all.merged++
		default:
			all.differ++
			fmt.Printf("seed %d\n--- config\n%s--- patch\n%s--- upstream (%v)\n%s--- slipway (%s)\n%s\n", number, config, patch, theirErr, theirs, message, ours)
		}
	}

	fmt.Printf("seeds %d and up, Talos 1.%d: %d merged alike, %d refused by both, %d differ (%d configs that are none)\n",
		seed, minor, all.merged, all.refused, all.differ, all.skipped)

	if all.differ > 0 {
		return errors.New("they differ")
	}

	return nil
}

// load reads a config strictly and writes it as Talos would.
func load(text []byte) (string, error) {
	provider, err := configloader.NewFromBytes(text)
	if err != nil {
		return "", err
	}

	bytes, err := provider.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
	if err != nil {
		return "", err
	}

	// Once more: what is empty is written in several ways.
	provider, err = configloader.NewFromBytes(bytes)
	if err != nil {
		return "", err
	}

	bytes, err = provider.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))

	return string(bytes), err
}

func upstream(config configpatcher.Input, patch []byte) (text string, err error) {
	defer func() {
		if p := recover(); p != nil {
			text, err = "", fmt.Errorf("panic: %v", p)
		}
	}()

	loaded, err := configpatcher.LoadPatch(patch)
	if err != nil {
		return "", err
	}

	out, err := configpatcher.Apply(config, []configpatcher.Patch{loaded})
	if err != nil {
		return "", err
	}

	bytes, err := out.Bytes()
	if err != nil {
		return "", err
	}

	return load(bytes)
}

// slipway patches with the program under test; message is what it says when it refuses.
func slipway(binary, dir string, minor int, config, patch string) (text, message string, err error) {
	configFile, patchFile := filepath.Join(dir, "config.yaml"), filepath.Join(dir, "patch.yaml")

	if err = errors.Join(os.WriteFile(configFile, []byte(config), 0o600), os.WriteFile(patchFile, []byte(patch), 0o600)); err != nil {
		return "", "", err
	}

	out, err := exec.Command(binary, "talos", "patch", configFile, "--patch", "@"+patchFile, //nolint:gosec
		"--talos-version", fmt.Sprintf("v1.%d.0", minor)).Output()

	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return "", string(exit.Stderr), nil
	}

	if err != nil {
		return "", "", err
	}

	text, err = load(out)
	if err != nil {
		return string(out), "its result cannot be loaded: " + err.Error(), nil
	}

	return text, "", nil
}
