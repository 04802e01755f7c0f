package main

import (
	"encoding/json"
	"strings"
)

// A document is made of these: object, []any, string, int, bool, nil, and plain texts.
type entry struct {
	key   string
	value any
}

type object []entry

// plain is written without quotes.
type plain string

func (o object) find(key string) (any, bool) {
	for _, e := range o {
		if e.key == key {
			return e.value, true
		}
	}

	return nil, false
}

func write(b *strings.Builder, value any) {
	switch v := value.(type) {
	case object:
		b.WriteByte('{')

		for i, e := range v {
			if i > 0 {
				b.WriteString(", ")
			}

			write(b, e.key)
			b.WriteString(": ")
			write(b, e.value)
		}

		b.WriteByte('}')
	case []any:
		b.WriteByte('[')

		for i, item := range v {
			if i > 0 {
				b.WriteString(", ")
			}

			write(b, item)
		}

		b.WriteByte(']')
	case plain:
		b.WriteString(string(v))
	default:
		text, _ := json.Marshal(v) //nolint:errcheck,errchkjson
		b.Write(text)
	}
}

func stream(documents []any) string {
	var b strings.Builder

	for i, document := range documents {
		if i > 0 {
			b.WriteString("---\n")
		}

		write(&b, document)
		b.WriteByte('\n')
	}

	return b.String()
}
