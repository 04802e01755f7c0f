// The referee for decryption: encrypts random trees and texts with the published age and sops modules, and writes
// beside each what must come out. A function of its flags alone, but for the nonces that the modules choose. Given files,
// it decrypts them in place instead.
package main

import (
	"flag"
	"fmt"
	"log"
	"math/rand"
	"os"
	"path/filepath"
)

func main() {
	seed := flag.Int64("seed", 1, "what the cases are made from")
	count := flag.Int("count", 100, "how many of each kind")
	out := flag.String("out", "", "folder to write to")
	flag.Parse()
	for _, path := range flag.Args() {
		if err := decryptInPlace(path); err != nil {
			log.Fatalf("%s: %v", path, err)
		}
	}
	if flag.NArg() > 0 {
		return
	}
	if *out == "" {
		log.Fatal("-out is missing")
	}
	identity, err := newIdentities(3)
	if err != nil {
		log.Fatal(err)
	}
	write(*out, "identity.txt", []byte(identity.own.String()+"\n"))
	for i := 0; i < *count; i++ {
		random := rand.New(rand.NewSource(*seed + int64(i)))
		name := fmt.Sprintf("%04d", i)
		if err := makeSopsCase(random, identity, *out, name); err != nil {
			log.Fatalf("seed %d: %v", *seed+int64(i), err)
		}
		if err := makeAgeCase(random, identity, *out, name); err != nil {
			log.Fatalf("seed %d: %v", *seed+int64(i), err)
		}
	}
}

func write(folder, name string, bytes []byte) {
	if err := os.WriteFile(filepath.Join(folder, name), bytes, 0o600); err != nil {
		log.Fatal(err)
	}
}
