// What Slipway is measured against: Talos' own module makes machine configs out of a secrets bundle and patches.
//
//	talos-bench OUT BUNDLE PATCH,PATCH,… NODE…   one config a node, in one process
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/configpatcher"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
)

type metal struct{}

func (metal) String() string        { return "metal" }
func (metal) RequiresInstall() bool { return true }
func (metal) InContainer() bool     { return false }

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	out, patchFiles, nodes := os.Args[1], strings.Split(os.Args[3], ","), os.Args[4:]
	bundle, err := secrets.LoadBundle(os.Args[2])
	check(err)
	bundle.Clock = secrets.NewClock()
	contract, err := config.ParseContractFromVersion("v1.11.6")
	check(err)
	for _, node := range nodes {
		input, err := generate.NewInput("home", "https://10.0.128.100:6443", "1.34.1", generate.WithSecretsBundle(bundle),
			generate.WithVersionContract(contract), generate.WithInstallDisk("/dev/sda"))
		check(err)
		base, err := input.Config(machine.TypeWorker)
		check(err)
		// What the Node says is a patch, as somebody would write it.
		texts := []string{"machine: {network: {hostname: " + node + "}}"}
		for _, file := range patchFiles {
			texts = append(texts, "@"+file)
		}
		patches, err := configpatcher.LoadPatches(texts)
		check(err)
		patched, err := configpatcher.Apply(configpatcher.WithConfig(base), patches)
		check(err)
		result, err := patched.Config()
		check(err)
		_, err = result.Validate(metal{})
		check(err)
		text, err := result.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
		check(err)
		check(os.WriteFile(filepath.Join(out, node+".yaml"), text, 0o600))
	}
}
