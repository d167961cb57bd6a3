package pattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestBadInput(t *testing.T) {
	utf16 := func(order ...int) []byte {
		var b []byte
		for _, c := range []byte(`{"version": 2}`) {
			pair := [2]byte{}
			pair[order[0]] = c
			b = append(b, pair[:]...)
		}
		return b
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "Invalid JSON in patterns: line 1, column 1: empty"},
		{"white space", []byte(" \n "), "Invalid JSON in patterns: line 2, column 2: empty"},
		{"null", []byte("null"), "Invalid patterns file schema: line 1, column 1: an object is wanted here, not null"},
		{"a list", []byte("[]"), "Invalid patterns file schema: line 1, column 1: an object is wanted here, not an array"},
		{"more behind it", []byte("{} {}"), "Invalid JSON in patterns: line 1, column 4: more text"},
		{"zero bytes at the end", []byte("{    }\x00\x00"), "Invalid JSON in patterns: line 1, column 7: more text"},
		{"latin-1", []byte("{\"\xfc\": 1}"), "Invalid JSON in patterns: line 1, column 3: invalid UTF-8"},
		{"UTF-16, little end first", append([]byte("\xff\xfe"), utf16(0)...), "Invalid JSON in patterns: line 1, column 1: text in UTF-16"},
		{"UTF-16, big end first", append([]byte("\xfe\xff"), utf16(1)...), "Invalid JSON in patterns: line 1, column 1: text in UTF-16"},
		{"UTF-16 without a mark", utf16(0), "Invalid JSON in patterns: line 1, column 1: zero bytes"},
		{"deep", []byte(strings.Repeat(`{"patterns": `, 10_000)), "Invalid JSON in patterns: line 1, column 13001, at patterns.patterns."},
		{"deep, and closed", []byte(strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)), "Invalid JSON in patterns: line 1, column 1001, at [0][0]"},
		{"large", make([]byte, 128<<20+1), "Invalid JSON in patterns: 134217729 bytes are more than a document may have"},
	} {
		f, err := Decode(c.data)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || f != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTruncatedAtEveryByte(t *testing.T) {
	for _, name := range sampleNames {
		data := sample(t, name)
		for n := range len(data) {
			_, err := Decode(bytes.Clone(data[:n]))
			var e *SyntaxError
			if !errors.As(err, &e) || e.Line != bytes.Count(data[:n], []byte("\n"))+1 || e.Column < 1 {
				t.Fatalf("%s, %d bytes: %v", name, n, err)
			}
		}
	}
}

// Any byte changed is an error with a place, or a document that can be written.
func TestAnyByteChanged(t *testing.T) {
	for _, name := range sampleNames {
		data := sample(t, name)
		for i := range data {
			for _, c := range []byte("\x00\"{}[],:0\\ \xff") {
				changed := bytes.Clone(data)
				changed[i] = c
				f, err := Decode(changed)
				if err == nil {
					if again := encode(t, f); !json.Valid([]byte(again)) {
						t.Fatalf("%s, byte %d is %q: written as\n%s", name, i, c, again)
					}
					continue
				}
				if line, column := place(t, err); line < 1 || column < 1 {
					t.Fatalf("%s, byte %d is %q: %v", name, i, c, err)
				}
			}
		}
	}
}

func place(t *testing.T, err error) (line, column int) {
	t.Helper()
	var syntax *SyntaxError
	var schema *SchemaError
	switch {
	case errors.As(err, &syntax):
		return syntax.Line, syntax.Column
	case errors.As(err, &schema):
		return schema.Line, schema.Column
	}
	t.Fatalf("an error of another type: %v", err)
	return 0, 0
}

func TestToleratedInput(t *testing.T) {
	for text, want := range map[string]string{
		"\uFEFF{}":                            "line 1, column 4: a byte order mark in front was skipped",
		`{"version": 1, "version": 2}`:        "line 1, column 16, at version: the key stands twice: the last one counts",
		"{\n\"unknown\": {\"a\": -Infinity}}": "line 2, column 18, at unknown.a: -Infinity is read as null",
	} {
		f := decode(t, text)
		if w := f.Warnings(); len(w) != 1 || w[0].String() != want || f.Version() != 2 {
			t.Errorf("%q: %v, version %d", text, w, f.Version())
		}
	}
}

// FuzzDecode: what is read is written so that it reads the same and is written
// the same.
func FuzzDecode(f *testing.F) {
	for _, name := range sampleNames {
		f.Add(sample(f, name))
	}
	for _, s := range []string{
		"{}", `{"version":"2_0.0","patterns":{"a":{"x":{"actions":[],"success":"ON"}}}}`, "\uFEFF{\"a\":NaN,\"a\":1}",
		`{"workflows":{"":{"w":{"id":"\ud83d","description":"é","steps":[{"environment_state":"","reasoning":"","action":""}]}}}}`,
		`{"version":1e400}`, `{"patterns":{"a":{"x":{"actions":[],"actions":0}}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Decode(bytes.Clone(data))
		if err != nil {
			if line, column := place(t, err); line < 1 || column < 1 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		once := encode(t, doc)
		again := decode(t, once)
		if twice := encode(t, again); twice != once {
			t.Fatalf("written as\n%s\nand then as\n%s", once, twice)
		}
		if a, b := everything(doc), everything(again); a != b {
			t.Fatalf("read as\n%s\nand then as\n%s", a, b)
		}
		if plain := strings.Trim(strings.TrimPrefix(string(data), "\uFEFF"), " \t\r\n"); len(doc.Warnings()) == 0 {
			var tight, want bytes.Buffer
			json.Compact(&tight, []byte(once))
			json.Compact(&want, []byte(plain))
			if !sameJSON(tight.Bytes(), want.Bytes()) {
				t.Fatalf("%s became %s", want.Bytes(), tight.Bytes())
			}
		}
	})
}

// sameJSON lets only escapes differ.
func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil || len(a) >= len(b) && equalJSON(x, y)
}

func equalJSON(x, y any) bool {
	a, errA := json.Marshal(x)
	b, errB := json.Marshal(y)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// everything is all that the package tells of a document.
func everything(f *File) string {
	all := map[string]any{"version": f.Version(), "shape": f.Shape()}
	for _, domain := range f.Domains() {
		for kind, e := range f.Patterns(domain) {
			all["pattern\n"+domain+"\n"+kind] = e
		}
	}
	for _, domain := range f.WorkflowDomains() {
		for id, w := range f.Workflows(domain) {
			all["workflow\n"+domain+"\n"+id] = w
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	return string(text)
}
