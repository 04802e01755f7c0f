// Package machine generates, loads, compares and validates machine configs with Talos' published module.
package machine

import (
	"fmt"
	"strings"

	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/container"
	"github.com/siderolabs/talos/pkg/machinery/config/encoder"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/machine"
	"github.com/siderolabs/talos/pkg/machinery/gendata"
)

// Input is what the generator is told; the other side reads it as JSON.
type Input struct {
	Minor         int                 `json:"minor"`
	Name          string              `json:"name"`
	Endpoint      string              `json:"endpoint"`
	Kubernetes    string              `json:"kubernetes"`
	SANs          []string            `json:"sans"`
	DNSDomain     string              `json:"dnsDomain"`
	PodNets       []string            `json:"podNets"`
	ServiceNets   []string            `json:"serviceNets"`
	Disk          string              `json:"disk"`
	Image         string              `json:"image"`
	KernelArgs    []string            `json:"kernelArgs"`
	APIServerPort int                 `json:"apiServerPort"`
	Sysctls       map[string]string   `json:"sysctls"`
	CNIURLs       []string            `json:"cniURLs"`
	Mirrors       map[string][]string `json:"mirrors"`
	Scheduling    bool                `json:"scheduling"`
	Discovery     bool                `json:"discovery"`
	KubeSpan      *bool               `json:"kubespan"`
}

// NewestMinor is the newest version contract that the module knows.
func NewestMinor() int {
	var major, minor int

	if _, err := fmt.Sscanf(gendata.VersionTag, "v%d.%d.", &major, &minor); err != nil {
		panic(err)
	}

	return minor
}

// Generate makes the config of a role ("controlplane" or "worker").
func Generate(in Input, bundle *secrets.Bundle, role string) (config.Provider, error) {
	contract, err := config.ParseContractFromVersion(fmt.Sprintf("v1.%d", in.Minor))
	if err != nil {
		return nil, err
	}

	options := []generate.Option{
		generate.WithVersionContract(contract),
		generate.WithSecretsBundle(bundle),
		generate.WithAdditionalSubjectAltNames(in.SANs),
		generate.WithDNSDomain(in.DNSDomain),
		generate.WithInstallDisk(in.Disk),
		generate.WithInstallImage(in.Image),
		generate.WithInstallExtraKernelArgs(in.KernelArgs),
		generate.WithLocalAPIServerPort(in.APIServerPort),
		generate.WithSysctls(in.Sysctls),
		generate.WithAllowSchedulingOnControlPlanes(in.Scheduling),
		generate.WithClusterDiscovery(in.Discovery),
	}

	if len(in.CNIURLs) > 0 {
		options = append(options, customCNI(in.CNIURLs))
	}

	if in.KubeSpan != nil {
		options = append(options, generate.WithKubeSpanEnabled(*in.KubeSpan))
	}

	for host, endpoints := range in.Mirrors {
		options = append(options, generate.WithRegistryMirror(host, endpoints...))
	}

	input, err := generate.NewInput(in.Name, in.Endpoint, strings.TrimPrefix(in.Kubernetes, "v"), options...)
	if err != nil {
		return nil, err
	}

	input.PodNet, input.ServiceNet = in.PodNets, in.ServiceNets

	kind, err := machine.ParseType(role)
	if err != nil {
		return nil, err
	}

	return input.Config(kind)
}

// Text is the config as Talos writes it, without comments: equal for equal configs.
func Text(provider config.Provider) ([]byte, error) {
	// The generator's own objects and loaded ones differ in what is nil and what is empty; the encoder does not.
	whole, err := container.New(provider.Documents()...)
	if err != nil {
		return nil, err
	}

	return whole.EncodeBytes(encoder.WithComments(encoder.CommentsDisabled))
}
