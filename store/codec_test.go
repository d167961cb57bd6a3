package store_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wholly-go/wholly/store"
)

// settings is the document of most tests.
type settings struct {
	Name   string         `json:"name"`
	Visits int            `json:"visits"`
	Pages  []string       `json:"pages,omitempty"`
	Extra  map[string]any `json:"extra,omitempty"`
}

func TestJSONSaysWhere(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "empty",
		"{":                                 "line 1, column 2: ends in the middle",
		"{}\n{}":                            "more than one value",
		"{\"name\":\"\xff\"}":               "line 1, column 10: invalid UTF-8",
		"{\"name\":\n 3}":                   "line 2, column 2: ",
		"[]":                                "line 1, column 1: ",
		"\ufeff{}":                          "line 1, column 1: ",
		`{"visits": 1e99}`:                  "line 1, column 15: ",
		"\xff\xfe{\x00}\x00":                "invalid UTF-8",
		strings.Repeat(`{"extra":`, 20_000): "ends in the middle",
		`{"extra":{"a":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}}": "max depth",
	} {
		v, err := store.JSON[settings]().Decode([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %s", text, err, want)
		}
		if !reflect.DeepEqual(v, settings{}) {
			t.Errorf("%.20q: a value with an error: %+v", text, v)
		}
	}
}

func TestJSONOfEachKind(t *testing.T) {
	if v := store.JSON[map[string]int]().New(); v == nil || len(v) != 0 {
		t.Errorf("a new map: %v", v)
	}
	if v := store.JSON[*settings]().New(); v == nil || v.Visits != 0 {
		t.Errorf("a new pointer: %v", v)
	}
	if v := store.JSON[[]int]().New(); v != nil {
		t.Errorf("a new slice: %v", v)
	}
	const text = "{\n  \"big\": 12345678901234567890.10,\n  \"html\": \"<&>\"\n}\n"
	codec := store.JSON[map[string]any]()
	v, err := codec.Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := codec.Encode(&b, v); err != nil || b.String() != text {
		t.Errorf("%s, %v", b.String(), err)
	}
}

// FuzzJSON: what decodes is JSON, encodes, and decodes to the same again.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{"{}", "null", `{"name":"é","visits":3}`, `{"extra":{"a":[1,2.50,"\ud800"]}}`, "[]", "{\"name\":1}", "\xff", "{} {}"} {
		f.Add([]byte(s))
	}
	codec := store.JSON[settings]()
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := codec.Decode(data)
		if err != nil {
			return
		}
		if !json.Valid(data) || !utf8.Valid(data) {
			t.Fatalf("%q was taken", data)
		}
		var once, twice bytes.Buffer
		if err := codec.Encode(&once, v); err != nil {
			t.Fatal(err)
		}
		again, err := codec.Decode(once.Bytes())
		if err != nil {
			t.Fatalf("%q: %v", once.Bytes(), err)
		}
		if err := codec.Encode(&twice, again); err != nil || !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Fatalf("%q became %q, %v", once.Bytes(), twice.Bytes(), err)
		}
	})
}
