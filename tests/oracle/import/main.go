// The machine configs that talhelper's own module makes: for every folder named on the command line, of its
// talconfig.yaml and talsecret.yaml into its `clusterconfig`. A folder that it refuses gets a file `refused`
// with the reason instead.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/budimanjojo/talhelper/v3/pkg/config"
	"github.com/budimanjojo/talhelper/v3/pkg/generate"
)

func render(folder string) error {
	talconfig, err := config.LoadAndValidateFromFile(
		filepath.Join(folder, "talconfig.yaml"), []string{filepath.Join(folder, "talenv.yaml")}, false)
	if err != nil {
		return err
	}
	return generate.GenerateConfig(talconfig, false, filepath.Join(folder, "clusterconfig"),
		filepath.Join(folder, "talsecret.yaml"), "metal", true, true, time.Hour)
}

func attempt(folder string) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("panic: %v", caught)
		}
	}()
	return render(folder)
}

func main() {
	for _, folder := range os.Args[1:] {
		if err := attempt(folder); err != nil {
			if err := os.WriteFile(filepath.Join(folder, "refused"), []byte(err.Error()), 0o600); err != nil {
				panic(err)
			}
		}
	}
}
