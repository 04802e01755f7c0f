package main

import (
	"fmt"
	"math/rand"
	"regexp"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	sopsage "github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/config"
	"github.com/getsops/sops/v3/keys"
	"github.com/getsops/sops/v3/stores/yaml"
	"github.com/getsops/sops/v3/version"
	goyaml "go.yaml.in/yaml/v3"
)

// makeSopsCase writes NAME.sops.yaml and NAME.expected.yaml.
func makeSopsCase(random *rand.Rand, who identities, folder, name string) error {
	maker := &treeMaker{random: random}
	documents := 1
	if random.Intn(3) == 0 {
		documents += random.Intn(3)
	}
	var branches sops.TreeBranches
	for i := 0; i < documents; i++ {
		branches = append(branches, maker.branch(0))
	}
	metadata := sops.Metadata{
		LastModified:     time.Unix(1700000000+int64(random.Intn(1e8)), 0).UTC(),
		Version:          version.Version,
		MACOnlyEncrypted: random.Intn(3) == 0,
	}
	switch random.Intn(5) {
	case 0:
		metadata.UnencryptedSuffix = "_unencrypted"
	case 1:
		metadata.EncryptedSuffix = "_secret"
	case 2:
		metadata.UnencryptedRegex = "^(open|raw[0-9]+|.*_unencrypted)$"
	case 3:
		metadata.EncryptedRegex = "^(key|data|[a-c]_.*)$|secret"
	default:
		metadata.EncryptedRegex = "(?i)[A-M]"
	}
	recipients := append(who.others[:random.Intn(len(who.others)+1):len(who.others)], who.own)
	var group sops.KeyGroup
	for _, recipient := range recipients {
		key, err := sopsage.MasterKeyFromRecipient(recipient.Recipient().String())
		if err != nil {
			return err
		}
		group = append(group, keys.MasterKey(key))
	}
	metadata.KeyGroups = []sops.KeyGroup{group}
	expected := expectedText(branches)

	tree := sops.Tree{Branches: branches, Metadata: metadata, FilePath: name}
	dataKey, errs := tree.GenerateDataKey()
	if len(errs) > 0 {
		return fmt.Errorf("data key: %v", errs)
	}
	cipher := aes.NewCipher()
	mac, err := tree.Encrypt(dataKey, cipher)
	if err != nil {
		return err
	}
	tree.Metadata.MessageAuthenticationCode, err =
		cipher.Encrypt(mac, dataKey, tree.Metadata.LastModified.Format(time.RFC3339))
	if err != nil {
		return err
	}
	store := yaml.NewStore(&config.YAMLStoreConfig{})
	sealed, err := store.EmitEncryptedFile(tree)
	if err != nil {
		return err
	}
	text := maker.putRaw(string(sealed))
	if err := accepts(store, text, dataKey); err != nil {
		return fmt.Errorf("sops itself refuses its file: %v", err)
	}
	write(folder, name+".sops.yaml", []byte(text))
	write(folder, name+".expected.yaml", []byte(expected))
	return nil
}

// accepts decrypts as sops does and compares the MAC.
func accepts(store *yaml.Store, text string, dataKey []byte) error {
	tree, err := store.LoadEncryptedFile([]byte(text))
	if err != nil {
		return err
	}
	mac, err := tree.Decrypt(dataKey, aes.NewCipher())
	if err != nil {
		return err
	}
	stored, err := aes.NewCipher().Decrypt(tree.Metadata.MessageAuthenticationCode, dataKey,
		tree.Metadata.LastModified.Format(time.RFC3339))
	if err != nil {
		return err
	}
	if stored != mac {
		return fmt.Errorf("the MAC differs")
	}
	return nil
}

// Spellings that go-yaml types in its own way. They stand in the file as they are here, as after an edit by hand.
var rawSpellings = []string{
	"0644", "0o17", "0x1F", "1_000", "0b101", "-0b11", "1e3", "1.50", ".5", "-.5", "+7", "08", "0o8", "1e400",
	"yes", "On", "TRUE", "nUll", ".inf", "-.INF", ".NaN", "2001-12-14", "2001-1-2", "2001-12-14t21:59:43.10-05:00",
	"2001-12-14 21:59:43.10", "2001-02-30", "10:30", "1.2.3", "'0644'", "\"2001-12-14\"", "!!str 12", "!!float 12",
	"123456789012345680000", "-0", "0.0", "-0.0", "1E-7", "12e03", "0x", "_1", "1__0", "~",
}

type treeMaker struct {
	random *rand.Rand
	raws   []string
	names  int
}

func (m *treeMaker) branch(depth int) sops.TreeBranch {
	var branch sops.TreeBranch
	for i, n := 0, 1+m.random.Intn(6); i < n; i++ {
		if m.random.Intn(8) == 0 {
			branch = append(branch, sops.TreeItem{Key: sops.Comment{Value: " a comment " + m.text()}, Value: nil})
		}
		branch = append(branch, sops.TreeItem{Key: m.name(), Value: m.value(depth + 1)})
	}
	if m.random.Intn(3) == 0 {
		spelling := rawSpellings[m.random.Intn(len(rawSpellings))]
		var value interface{}
		if goyaml.Unmarshal([]byte(spelling), &value) == nil {
			key := fmt.Sprintf("raw%d", len(m.raws))
			m.raws = append(m.raws, spelling)
			branch = append(branch, sops.TreeItem{Key: key, Value: value})
		}
	}
	return branch
}

// putRaw writes the raw spellings over what was emitted for them, where they were left in the clear.
func (m *treeMaker) putRaw(text string) string {
	for i, spelling := range m.raws {
		line := regexp.MustCompile(fmt.Sprintf(`(?m)^([ -]*raw%d: )([^\n]*)$`, i))
		text = line.ReplaceAllStringFunc(text, func(match string) string {
			parts := line.FindStringSubmatch(match)
			if strings.HasPrefix(parts[2], "ENC[") {
				return match
			}
			return parts[1] + spelling
		})
	}
	return text
}

func (m *treeMaker) name() string {
	m.names++
	stems := []string{"open", "key", "data", "a_b", "x", "token_secret", "plain_unencrypted", "Größe", "with space",
		"dotted.key", "co:lon", "-dash", "UPPER", "quote\"d", "1st"}
	stem := stems[m.random.Intn(len(stems))]
	if m.random.Intn(3) > 0 {
		return fmt.Sprintf("n%d_%s", m.names, stem)
	}
	return fmt.Sprintf("%s_%d", stem, m.names)
}

func (m *treeMaker) value(depth int) interface{} {
	if depth < 5 && m.random.Intn(4) == 0 {
		return m.branch(depth)
	}
	if depth < 5 && m.random.Intn(5) == 0 {
		return m.list(depth)
	}
	return m.scalar()
}

func (m *treeMaker) list(depth int) []interface{} {
	list := []interface{}{}
	for i, n := 0, m.random.Intn(5); i < n; i++ {
		if m.random.Intn(6) == 0 {
			list = append(list, sops.Comment{Value: " item comment " + m.text()})
		}
		list = append(list, m.value(depth+1))
	}
	// A comment must have an item to stand before.
	if n := len(list); n > 0 {
		if _, comment := list[n-1].(sops.Comment); comment {
			list = list[:n-1]
		}
	}
	return list
}

func (m *treeMaker) scalar() interface{} {
	switch m.random.Intn(9) {
	case 0:
		return int(m.random.Int63()) - int(m.random.Int63())
	case 1:
		return m.random.Intn(2000) - 1000
	case 2:
		return m.random.NormFloat64() * pow10(m.random.Intn(60)-30)
	case 3:
		return m.random.Intn(2) == 0
	case 4:
		return nil
	case 5:
		zone := time.FixedZone("", (m.random.Intn(25)-12)*3600)
		return time.Unix(m.random.Int63n(4e9), int64(m.random.Intn(3))*5e8).In(zone)
	default:
		return m.text()
	}
}

func pow10(exponent int) float64 {
	value := 1.0
	for ; exponent > 0; exponent-- {
		value *= 10
	}
	for ; exponent < 0; exponent++ {
		value /= 10
	}
	return value
}

func (m *treeMaker) text() string {
	texts := []string{"", "x", "true", "null", "0644", "2001-12-14", "ENC", "a b", "multi\nline\n", "trailing ", "ünïcode ☃",
		"\"quoted\"", "# no comment", "- no item", "key: value", "tab\there", "*star", "&and", "!bang", "%percent", "@at",
		"-----BEGIN X-----\nQUJD\n-----END X-----\n", strings.Repeat("long ", 60), "1_000", "~", "\U0001F600"}
	return texts[m.random.Intn(len(texts))]
}
