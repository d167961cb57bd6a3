package wholly

import (
	"bytes"
	"encoding/json"
	"io"
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
