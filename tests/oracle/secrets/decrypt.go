package main

import (
	"os"

	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/stores/yaml"
)

// decryptInPlace makes an encrypted YAML file a plain one; age's identity is where SOPS_AGE_KEY_FILE says.
func decryptInPlace(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	store := yaml.NewStore(&config.YAMLStoreConfig{})
	tree, err := store.LoadEncryptedFile(text)
	if err != nil {
		return err
	}
	key, err := tree.Metadata.GetDataKey()
	if err != nil {
		return err
	}
	if _, err := tree.Decrypt(key, aes.NewCipher()); err != nil {
		return err
	}
	plain, err := store.EmitPlainFile(tree.Branches)
	if err != nil {
		return err
	}
	return os.WriteFile(path, plain, 0o600)
}
