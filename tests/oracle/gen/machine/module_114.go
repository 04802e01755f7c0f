//go:build talos114

package machine

import (
	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"
)

func customCNI(urls []string) generate.Option { return generate.WithCustomCNIUrl(urls[0]) }

// ValidateBundle checks a secrets bundle.
func ValidateBundle(bundle *secrets.Bundle, contract *config.VersionContract) error {
	return bundle.Validate(contract)
}
