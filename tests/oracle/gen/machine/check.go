package machine

import (
	"bytes"
	"fmt"
	"os"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configloader"
	"github.com/siderolabs/talos/pkg/machinery/config/validation"
)

// Metal is the mode of `talosctl validate --mode metal`.
type Metal struct{}

func (Metal) String() string        { return "metal" }
func (Metal) RequiresInstall() bool { return true }
func (Metal) InContainer() bool     { return false }

// Load reads a config as a machine does: strictly.
func Load(path string) (config.Provider, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}

	return configloader.NewFromBytes(text)
}

// Validate loads a config and validates it for metal.
func Validate(path string) error {
	provider, err := Load(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}

	if _, err = provider.Validate(Metal{}, validation.WithLocal()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}

	return nil
}

// Same loads two configs and compares everything that they say, the order of documents included.
func Same(path, other string) error {
	texts := [2][]byte{}

	for i, file := range []string{path, other} {
		provider, err := Load(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}

		if texts[i], err = Text(provider); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}

	if bytes.Equal(texts[0], texts[1]) {
		return nil
	}

	left, right := bytes.Split(texts[0], []byte("\n")), bytes.Split(texts[1], []byte("\n"))
	for i := range min(len(left), len(right)) {
		if !bytes.Equal(left[i], right[i]) {
			return fmt.Errorf("%s and %s differ at line %d:\n  %.80s\n  %.80s", path, other, i+1, left[i], right[i])
		}
	}

	return fmt.Errorf("%s and %s have %d and %d lines", path, other, len(left), len(right))
}
