package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Fields that random fleets do not use, each with the reason; whatever else the schemas have must be in play.
var notInPlay = map[string]string{
	"cluster metadata.labels.*":            "for people",
	"cluster metadata.annotations.*":       "for people",
	"cluster spec.talos.base.controlplane": "a base file is the user's own; the oracle of patches merges into any config",
	"cluster spec.talos.base.worker":       "likewise",
	"cluster spec.talos.schema":            "it refuses configs and changes none; held to upstream's own by the tests of reconciler/talos",
	"node metadata.annotations.*":          "for people",
	"node spec.install.diskSelector.name":  "Talos 1.8 only, and the module is 1.13",
}

type schema struct {
	Properties           map[string]*schema `json:"properties"`
	Items                *schema            `json:"items"`
	AdditionalProperties json.RawMessage    `json:"additionalProperties"`
}

func (s *schema) additional() *schema {
	var inner schema
	if len(s.AdditionalProperties) == 0 || s.AdditionalProperties[0] != '{' || json.Unmarshal(s.AdditionalProperties, &inner) != nil {
		return nil
	}
	return &inner
}

// leaves calls visit with every field that holds no others.
func (s *schema) leaves(path string, visit func(path string)) {
	switch {
	case len(s.Properties) > 0:
		for name, inner := range s.Properties {
			inner.leaves(strings.TrimPrefix(path+"."+name, "."), visit)
		}
	case s.Items != nil:
		s.Items.leaves(path+"[]", visit)
	case s.additional() != nil:
		s.additional().leaves(path+".*", visit)
	default:
		visit(path)
	}
}

// used marks the fields that a value has.
func (s *schema) used(value any, path string, seen map[string]bool) {
	list, isList := value.([]any)
	fields, isMap := value.(map[string]any)
	switch {
	case len(s.Properties) > 0 && isMap:
		for name, inner := range s.Properties {
			if field, ok := fields[name]; ok {
				inner.used(field, strings.TrimPrefix(path+"."+name, "."), seen)
			}
		}
	case s.Items != nil && isList:
		for _, item := range list {
			s.Items.used(item, path+"[]", seen)
		}
	case s.additional() != nil && isMap:
		for _, field := range fields {
			s.additional().used(field, path+".*", seen)
		}
	default:
		seen[path] = true
	}
}

// checkCoverage fails for fields of the schemas in a folder that many random fleets leave out.
func checkCoverage(folder string) error {
	const fleets = 1500
	var missing []string
	known := map[string]bool{}
	for _, kind := range []string{"cluster", "node"} {
		text, err := os.ReadFile(filepath.Join(folder, kind+".schema.json"))
		if err != nil {
			return err
		}
		var root schema
		if err = json.Unmarshal(text, &root); err != nil {
			return err
		}
		seen := map[string]bool{}
		for seed := range int64(fleets) {
			for _, made := range resources(randomFleet(seed, contractOf(int(seed)))) {
				if strings.ToLower(made["kind"].(string)) != kind {
					continue
				}
				plain, err := plainly(made)
				if err != nil {
					return err
				}
				root.used(plain, "", seen)
			}
		}
		root.leaves("", func(path string) {
			name := kind + " " + path
			known[name] = true
			if _, excused := notInPlay[name]; !seen[path] && !excused {
				missing = append(missing, name)
			}
		})
	}
	for name := range notInPlay {
		if !known[name] {
			missing = append(missing, name+" (excused, and in no schema)")
		}
	}
	if slices.Sort(missing); missing != nil {
		return fmt.Errorf("fields that no random fleet has:\n  %s", strings.Join(missing, "\n  "))
	}
	return nil
}

// plainly is a value as a reader of YAML has it.
func plainly(value any) (any, error) {
	text, err := yaml.Marshal(value)
	if err != nil {
		return nil, err
	}
	var plain any
	err = yaml.Unmarshal(text, &plain)
	return plain, err
}
