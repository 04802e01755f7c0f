//go:build !talos114

package machine

import (
	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
	"github.com/siderolabs/talos/pkg/machinery/config/types/v1alpha1"
)

// What differs between releases of the module.

func customCNI(urls []string) generate.Option {
	return generate.WithClusterCNIConfig(&v1alpha1.CNIConfig{CNIName: "custom", CNIUrls: urls})
}

// ValidateBundle checks a secrets bundle.
func ValidateBundle(bundle *secrets.Bundle, _ *config.VersionContract) error {
	return bundle.Validate()
}
