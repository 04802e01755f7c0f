package main

import (
	"bytes"
	"io"
	"math/rand"

	"filippo.io/age"
	"filippo.io/age/armor"
)

type identities struct {
	own    *age.X25519Identity
	others []*age.X25519Identity
}

func newIdentities(others int) (identities, error) {
	var made identities
	var err error
	if made.own, err = age.GenerateX25519Identity(); err != nil {
		return made, err
	}
	for i := 0; i < others; i++ {
		other, err := age.GenerateX25519Identity()
		if err != nil {
			return made, err
		}
		made.others = append(made.others, other)
	}
	return made, nil
}

// makeAgeCase writes NAME.age and NAME.plain: any bytes, one to four recipients, armored or not.
func makeAgeCase(random *rand.Rand, who identities, folder, name string) error {
	sizes := []int{0, 1, 100, 65535, 65536, 65537, 131072, random.Intn(200000)}
	plain := make([]byte, sizes[random.Intn(len(sizes))])
	random.Read(plain)
	recipients := []age.Recipient{who.own.Recipient()}
	for _, other := range who.others[:random.Intn(len(who.others)+1)] {
		recipients = append(recipients, other.Recipient())
	}
	random.Shuffle(len(recipients), func(i, j int) { recipients[i], recipients[j] = recipients[j], recipients[i] })
	var sealed bytes.Buffer
	var sink io.Writer = &sealed
	closeArmor := func() error { return nil }
	if random.Intn(2) == 0 {
		armored := armor.NewWriter(&sealed)
		sink, closeArmor = armored, armored.Close
	}
	writer, err := age.Encrypt(sink, recipients...)
	if err != nil {
		return err
	}
	if _, err := writer.Write(plain); err != nil {
		return err
	}
	if err := writer.Close(); err != nil {
		return err
	}
	if err := closeArmor(); err != nil {
		return err
	}
	write(folder, name+".age", sealed.Bytes())
	write(folder, name+".plain", plain)
	return nil
}
