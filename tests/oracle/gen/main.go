// The referee of generated machine configs, secrets bundles and talosconfigs: what Talos' published module says of them.
package main

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	clientconfig "github.com/siderolabs/talos/pkg/machinery/client/config"
	"github.com/siderolabs/talos/pkg/machinery/config"
	"github.com/siderolabs/talos/pkg/machinery/config/generate/secrets"

	"slipway.example.org/oracle/gen/machine"
)

const oldestMinor = 8

var roles = []string{"controlplane", "worker"}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "newest":
		fmt.Println(machine.NewestMinor())

		return nil
	case len(args) == 5 && args[0] == "make": // SEED COUNT BUNDLE FOLDER
		return makeCases(args[1], args[2], args[3], args[4])
	case len(args) == 2 && args[0] == "compare": // FOLDER
		return compare(args[1])
	case len(args) > 1 && args[0] == "validate": // FILE…
		var all error
		for _, path := range args[1:] {
			all = errors.Join(all, machine.Validate(path))
		}

		return all
	case len(args) == 3 && args[0] == "secrets": // BUNDLE TALOSCONFIG
		return checkSecrets(args[1], args[2])
	}

	return errors.New("usage: newest | make SEED COUNT BUNDLE FOLDER | compare FOLDER | validate FILE… | secrets BUNDLE TALOSCONFIG")
}

func makeCases(seed, count, bundlePath, folder string) error {
	number, err := strconv.ParseInt(seed, 10, 64)
	if err != nil {
		return err
	}

	cases, err := strconv.Atoi(count)
	if err != nil {
		return err
	}

	bundle, err := secrets.LoadBundle(bundlePath)
	if err != nil {
		return err
	}

	source := rand.New(rand.NewSource(number))
	contracts := machine.NewestMinor() - oldestMinor + 1

	for i := range cases {
		in := machine.Random(source, oldestMinor+i%contracts)
		stem := filepath.Join(folder, fmt.Sprintf("%04d", i))

		for _, role := range roles {
			provider, err := machine.Generate(in, bundle, role)
			if err != nil {
				return fmt.Errorf("case %d: %w", i, err)
			}

			text, err := machine.Text(provider)
			if err != nil {
				return fmt.Errorf("case %d: %w", i, err)
			}

			if err = os.WriteFile(stem+"-"+role+".theirs.yaml", text, 0o600); err != nil {
				return err
			}
		}

		text, err := json.Marshal(in)
		if err != nil {
			return err
		}

		if err = os.WriteFile(stem+".json", text, 0o600); err != nil {
			return err
		}
	}

	return nil
}

func compare(folder string) error {
	ours, err := filepath.Glob(filepath.Join(folder, "*.ours.yaml"))
	if err != nil {
		return err
	}

	var all error

	for _, path := range ours {
		all = errors.Join(all, machine.Same(path, strings.TrimSuffix(path, ".ours.yaml")+".theirs.yaml"))
	}

	fmt.Println(len(ours), "compared")

	return all
}

func checkSecrets(bundlePath, talosconfigPath string) error {
	bundle, err := secrets.LoadBundle(bundlePath)
	if err != nil {
		return err
	}

	for minor := oldestMinor; minor <= machine.NewestMinor(); minor++ {
		contract, err := config.ParseContractFromVersion(fmt.Sprintf("v1.%d", minor))
		if err != nil {
			return err
		}

		if err = machine.ValidateBundle(bundle, contract); err != nil {
			return err
		}
	}

	for name, pair := range map[string]interface {
		GetCert() (*x509.Certificate, error)
	}{
		"etcd": bundle.Certs.Etcd, "k8s": bundle.Certs.K8s, "aggregator": bundle.Certs.K8sAggregator, "os": bundle.Certs.OS,
	} {
		crt, err := pair.GetCert()
		if err != nil {
			return err
		}

		if err = crt.CheckSignatureFrom(crt); err != nil || !crt.IsCA {
			return fmt.Errorf("%s: not an authority: %w", name, err)
		}
	}

	client, err := clientconfig.Open(talosconfigPath)
	if err != nil {
		return err
	}

	context, ok := client.Contexts[client.Context]
	if !ok {
		return errors.New("the talosconfig has no current context")
	}

	return checkChain(context)
}

func checkChain(context *clientconfig.Context) error {
	blocks := [2]*x509.Certificate{}

	for i, text := range []string{context.CA, context.Crt} {
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return err
		}

		block, _ := pem.Decode(raw)
		if block == nil {
			return errors.New("no PEM block")
		}

		if blocks[i], err = x509.ParseCertificate(block.Bytes); err != nil {
			return err
		}
	}

	roots := x509.NewCertPool()
	roots.AddCert(blocks[0])

	_, err := blocks[1].Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil {
		return err
	}

	if len(blocks[1].Subject.Organization) != 1 || blocks[1].Subject.Organization[0] != "os:admin" {
		return fmt.Errorf("unexpected roles %v", blocks[1].Subject.Organization)
	}

	return nil
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
