package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"gopkg.in/yaml.v3"
)

// The runtime mode of `talosctl validate --mode metal`.
type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return true }
func (metal) InContainer() bool     { return false }

func newBundle(slipway string) (string, error) {
	folder, err := os.MkdirTemp("", "slipway-oracle-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "secrets.yaml")
	out, err := exec.Command(slipway, "secrets", "new", "-o", path).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
}

// check compares the configs that this module can judge, and counts them by the minor of their release.
func check(slipway, bundlePath string, f *fleet, made map[int]int, keep bool) error {
	judged := func(n node) bool { return judges(minorOf(f.versionOf(n))) }
	if !slices.ContainsFunc(f.nodes, judged) {
		return nil
	}
	folder, err := os.MkdirTemp("", "slipway-fleet-")
	if err != nil {
		return err
	}
	err = compareAll(slipway, bundlePath, f, folder, made)
	if err != nil && keep {
		return fmt.Errorf("%w\nkept: %s", err, folder)
	}
	os.RemoveAll(folder)
	return err
}

func compareAll(slipway, bundlePath string, f *fleet, folder string, made map[int]int) error {
	if err := write(f, bundlePath, filepath.Join(folder, "fleet")); err != nil {
		return err
	}
	out := filepath.Join(folder, "out")
	text, err := exec.Command(slipway, "render", filepath.Join(folder, "fleet"), "--to", out).CombinedOutput()
	if err != nil {
		return fmt.Errorf("slipway render: %w\n%s", err, text)
	}
	bundle, err := secrets.LoadBundle(bundlePath)
	if err != nil {
		return err
	}
	bundle.Clock = secrets.NewClock()
	for _, n := range f.nodes {
		minor := minorOf(f.versionOf(n))
		if !judges(minor) {
			continue
		}
		file := strings.ReplaceAll(n.macs[0], ":", "-") + ".yaml"
		rendered, err := os.ReadFile(filepath.Join(out, "talos", "configs", file))
		if err != nil {
			return err
		}
		if err := compare(f, n, bundle, rendered, folder); err != nil {
			return fmt.Errorf("%s (%s): %w", n.name, n.role, err)
		}
		made[minor]++
	}
	return nil
}

func compare(f *fleet, n node, bundle *secrets.Bundle, rendered []byte, folder string) error {
	got, err := configloader.NewFromBytes(rendered)
	if err != nil {
		return fmt.Errorf("loading what Slipway rendered: %w", err)
	}
	if _, err := got.Validate(metal{}); err != nil {
		return fmt.Errorf("validating what Slipway rendered: %w", err)
	}
	want, err := expected(f, n, bundle)
	if err != nil {
		return fmt.Errorf("making it with Talos' module: %w", err)
	}
	ours, err := canonical(got)
	if err != nil {
		return err
	}
	theirs, err := canonical(want)
	if err != nil {
		return err
	}
	if ours == theirs {
		return nil
	}
	os.WriteFile(filepath.Join(folder, n.name+".ours"), []byte(ours), 0o600)
	os.WriteFile(filepath.Join(folder, n.name+".theirs"), []byte(theirs), 0o600)
	return fmt.Errorf("the configs differ:\n%s", difference(theirs, ours))
}

// Every document as Talos writes it, sorted by kind and name, mappings by key.
func canonical(provider config.Provider) (string, error) {
	text, err := provider.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
	if err != nil {
		return "", err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var all []string
	for {
		var value any
		if decoder.Decode(&value) != nil {
			break
		}
		encoded, err := yaml.Marshal(value)
		if err != nil {
			return "", err
		}
		all = append(all, string(encoded))
	}
	sort.Strings(all)
	return strings.Join(all, "---\n"), nil
}

// The lines that one text has and the other has not.
func difference(want, got string) string {
	count := map[string]int{}
	for _, line := range strings.Split(want, "\n") {
		count[line]--
	}
	for _, line := range strings.Split(got, "\n") {
		count[line]++
	}
	var lines []string
	for line, n := range count {
		if n < 0 {
			lines = append(lines, "  Talos:   "+line)
		} else if n > 0 {
			lines = append(lines, "  Slipway: "+line)
		}
	}
	sort.Strings(lines)
	return strings.Join(lines[:min(len(lines), 30)], "\n")
}
