package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
)

// expectedText writes documents as YAML in flow style with every string quoted, so that no reader has a choice.
// Times are texts, comments are left out, and so are the values of raw keys: their type is the reader's affair.
func expectedText(branches sops.TreeBranches) string {
	var out strings.Builder
	for _, branch := range branches {
		out.WriteString("---\n")
		writeBranch(&out, branch)
		out.WriteString("\n")
	}
	return out.String()
}

func writeBranch(out *strings.Builder, branch sops.TreeBranch) {
	out.WriteString("{")
	first := true
	for _, item := range branch {
		key, named := item.Key.(string)
		if !named {
			continue
		}
		if !first {
			out.WriteString(", ")
		}
		first = false
		writeText(out, key)
		out.WriteString(": ")
		if strings.HasPrefix(key, "raw") {
			writeText(out, "raw")
		} else {
			writeValue(out, item.Value)
		}
	}
	out.WriteString("}")
}

func writeValue(out *strings.Builder, value interface{}) {
	switch value := value.(type) {
	case nil:
		out.WriteString("null")
	case string:
		writeText(out, value)
	case int:
		out.WriteString(strconv.Itoa(value))
	case bool:
		out.WriteString(strconv.FormatBool(value))
	case float64:
		if math.IsInf(value, 0) || math.IsNaN(value) {
			panic("raw spellings alone are infinite")
		}
		out.WriteString(strconv.FormatFloat(value, 'e', -1, 64))
	case time.Time:
		text, err := value.MarshalText()
		if err != nil {
			panic(err)
		}
		writeText(out, string(text))
	case sops.TreeBranch:
		writeBranch(out, value)
	case []interface{}:
		out.WriteString("[")
		first := true
		for _, item := range value {
			if _, comment := item.(sops.Comment); comment {
				continue
			}
			if !first {
				out.WriteString(", ")
			}
			first = false
			writeValue(out, item)
		}
		out.WriteString("]")
	default:
		panic(fmt.Sprintf("a value of type %T", value))
	}
}

func writeText(out *strings.Builder, text string) {
	bytes, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	out.Write(bytes)
}
