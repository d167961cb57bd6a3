package wholly

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"
)

func TestJSONSaysWhere(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "empty, not a JSON value",
		" \n":                     "line 2, column 1: ends in the middle of a value",
		"{":                       "line 1, column 2: ends in the middle of a value",
		"[1,]":                    "line 1, column 4: ",
		"{\"a\":1,}":              "line 1, column 8: ",
		"{\"a\" 1}":               "line 1, column 6: ",
		"[1,\n 2,\n x]":           "line 3, column 2: ",
		"1 2":                     "more than one value",
		"\"\xff\"":                "line 1, column 2: invalid UTF-8",
		"[\"é\",\n\"\xc3\"]":      "line 2, column 2: invalid UTF-8",
		"\"\xc3":                  "invalid UTF-8",
		"\"ab\ncd\"":              "line 1, column 4: ",
		"\xef\xbb\xbf{}":          "line 1, column 1: ",
		"tru":                     "ends in the middle of a value",
		"[1,\n\n{\"a\":\n tru}]":  "line 4, column",
		"{\"a\":1}x":              "line 1, column 8: ",
		"01":                      "more than one value",
		strings.Repeat("[", 5000): "line 1, column 5001: ends",
	} {
		err := JSON(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %s", text, err, want)
		}
	}
}

func TestJSONTakesWhatIsValid(t *testing.T) {
	for _, text := range []string{"null", " {} \n", "[1,2.5e3,-0]", `{"a":[{"b":"\ud800"}],"a":1}`, `"é𝄞"`, strings.Repeat("[", 5000) + strings.Repeat("]", 5000)} {
		if err := JSON(strings.NewReader(text)); err != nil {
			t.Errorf("%.30s: %v", text, err)
		}
	}
}

// TestCheckIsToldTheSize has a check read its content with one allocation of
// the right size, whichever verb it works for.
func TestCheckIsToldTheSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	runs := 0
	p := Policy{Keep: 1, Check: func(r io.Reader) error {
		size := r.(interface{ Size() int64 }).Size()
		data := make([]byte, size)
		if _, err := io.ReadFull(r, data); err != nil {
			return err
		}
		if n, err := r.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("after %d bytes there is more: %v", size, err)
		}
		runs++
		return nil
	}}
	for i, want := range []int{1, 2, 2} { // of a write: the new content, and the one that is kept
		before := runs
		if err := p.WriteFile(path, make([]byte, 1000*i), 0o600); err != nil || runs-before != want {
			t.Errorf("write %d: %d checks, %v", i, runs-before, err)
		}
	}
	if _, err := p.ReadFile(path); err != nil || runs != 6 {
		t.Errorf("read: %d checks, %v", runs, err)
	}
	for v, err := range p.Versions(path) {
		if err != nil || v.Damage != nil {
			t.Errorf("%+v, %v", v, err)
		}
	}
}

// TestCheckIsGivenTheBytes has a check look at what is in memory without a
// copy: they are the very bytes that the verb goes on with.
func TestCheckIsGivenTheBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	if err := WriteFile(path, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []byte
	p := Policy{Check: func(r io.Reader) error {
		m, ok := r.(interface{ Bytes() []byte })
		if !ok {
			return errors.New("no Bytes")
		}
		if _, err := io.CopyN(io.Discard, r, 3); err != nil { // has no effect on Bytes
			return err
		}
		got = m.Bytes()
		return nil
	}}
	data, err := p.ReadFile(path)
	if err != nil || string(data) != "content" || len(got) != len(data) || &got[0] != &data[0] {
		t.Errorf("read: %q, %q, %v", data, got, err)
	}
	err = p.Update(context.Background(), path, 0o600, func(old []byte) ([]byte, error) {
		if string(old) != "content" || len(got) != len(old) || &got[0] != &old[0] {
			t.Errorf("update: %q, %q", old, got)
		}
		return nil, ErrUnchanged
	})
	if err != nil {
		t.Error(err)
	}
}

// FuzzJSON holds the check against the standard library's own, byte by byte
// and in large pieces.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{"{}", "[1,\"é\"]", "{\"a\":{\"b\":[null,true,1e5]}}", "\"\xc3", "[1 2]", " \n", "nul", "{\"a\" :\n[]}", "\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		want := json.Valid(data) && utf8.Valid(data)
		for _, r := range []io.Reader{bytes.NewReader(data), iotest.OneByteReader(bytes.NewReader(data)), iotest.DataErrReader(bytes.NewReader(data))} {
			if err := JSON(r); (err == nil) != want {
				t.Fatalf("%q: %v, want valid=%v", data, err, want)
			}
		}
	})
}
