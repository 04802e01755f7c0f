package main

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/siderolabs/talos/pkg/machinery/config/merge"
)

// samples are pairs of texts, one of which some leaf type takes.
var samples = [][2]string{
	{"10GiB", "20GiB"}, {"10.0.0.1", "10.0.0.2"}, {"10.0.0.0/24", "10.0.1.0/24"}, {"10.0.0.1:80", "10.0.0.2:80"},
	{"https://a:1/x", "https://b:2/y"}, {"true", "false"}, {"aa:bb:cc:dd:ee:ff", "aa:bb:cc:dd:ee:00"},
	{">= 10GB", ">= 20GB"}, {"YQ==", "Yg=="}, {"80-90", "90-95"}, {"1s", "2s"}, {"controlplane", "worker"}, {"nvme", "ssd"},
	{"802.1q", "802.1ad"}, {"1", "2"}, {"10%", "20%"},
}

// decode a text into a new value of the leaf type.
func decode(t reflect.Type, text string) (value reflect.Value, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()

	value = reflect.New(t)

	if t == reflect.TypeFor[time.Duration]() {
		d, err := time.ParseDuration(text)
		value.Elem().SetInt(int64(d))

		return value.Elem(), err
	}

	if u, ok := value.Interface().(interface{ UnmarshalYAML(func(any) error) error }); ok {
		return value.Elem(), u.UnmarshalYAML(func(into any) error {
			if target, ok := into.(*string); ok {
				*target = text

				return nil
			}

			return errors.New("a text")
		})
	}

	return value.Elem(), value.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
}

// leaf describes a type that is written as one scalar.
func (l *lister) leaf(t reflect.Type) {
	if l.known[t] {
		return
	}

	l.known[t] = true
	name := typeName(t)

	if t.Name() == "ArgValue" {
		return
	}

	if names, zero := enumeration(t); len(names) > 1 {
		flags := []string{}
		if _, err := decode(t, strings.ToUpper(names[1])); err == nil && names[1] != strings.ToUpper(names[1]) {
			flags = append(flags, "fold")
		}

		if _, err := decode(t, "1"); err == nil {
			flags = append(flags, "number")
		}

		if _, err := decode(t, ""); err == nil {
			flags = append(flags, "empty")
		}

		if t.Implements(reflect.TypeFor[fmt.Stringer]()) {
			flags = append(flags, "selects")
		}

		l.add("enum", name, zero, strings.Join(names, ","), strings.Join(append(flags, "-"), ","))

		return
	}

	selects := "-"
	if t.Implements(reflect.TypeFor[fmt.Stringer]()) {
		selects = "selects"
	}

	l.add("leaf", name, l.outcomes(t), selects)
}

// enumeration lists the names of a type of small whole numbers, and the one that is Go's zero value.
func enumeration(t reflect.Type) (names []string, zero string) {
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Uint8, reflect.Uint16, reflect.Uint32:
	default:
		return nil, ""
	}

	for i := range 256 {
		value := reflect.New(t).Elem()

		if value.CanInt() {
			if value.OverflowInt(int64(i)) {
				break
			}

			value.SetInt(int64(i))
		} else {
			value.SetUint(uint64(i))
		}

		text := ""

		switch v := value.Interface().(type) {
		case encoding.TextMarshaler:
			b, err := v.MarshalText()
			if err != nil {
				continue
			}

			text = string(b)
		case fmt.Stringer:
			text = v.String()
		}

		if strings.ContainsAny(text, "(, ") || text == "" {
			continue
		}

		back, err := decode(t, text)
		if err != nil || !reflect.DeepEqual(back.Interface(), value.Interface()) {
			continue
		}

		names = append(names, text)

		if i == 0 {
			zero = text
		}
	}

	if len(names) > 100 {
		names = names[:0]
	}

	return names, zero
}

// outcomes says what Talos' merge makes of (nothing, nothing), (nothing, b), (a, nothing) and (a, b): 0 nothing,
// a, b, m another value, or ! where it refuses.
func (l *lister) outcomes(t reflect.Type) string {
	for _, pair := range samples {
		a, errA := decode(t, pair[0])
		b, errB := decode(t, pair[1])

		if errA != nil || errB != nil || a.IsZero() || b.IsZero() {
			continue
		}

		zero := reflect.Zero(t)

		return outcome(t, zero, zero, a, b) + outcome(t, zero, b, a, b) + outcome(t, a, zero, a, b) + outcome(t, a, b, a, b)
	}

	return "?"
}

func outcome(t reflect.Type, left, right, a, b reflect.Value) (result string) {
	defer func() {
		if recover() != nil {
			result = "!"
		}
	}()

	holder := reflect.StructOf([]reflect.StructField{{Name: "F", Type: t}})
	l, r := reflect.New(holder), reflect.New(holder)
	l.Elem().Field(0).Set(left)
	r.Elem().Field(0).Set(right)

	if err := merge.Merge(l.Interface(), r.Interface()); err != nil {
		return "!"
	}

	merged := l.Elem().Field(0).Interface()

	switch {
	case reflect.DeepEqual(merged, b.Interface()):
		return "b"
	case reflect.DeepEqual(merged, a.Interface()):
		return "a"
	case l.Elem().Field(0).IsZero():
		return "0"
	default:
		return "m"
	}
}
