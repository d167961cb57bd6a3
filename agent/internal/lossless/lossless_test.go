package lossless

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func parse(t testing.TB, text string) *Node {
	t.Helper()
	n, _, err := Parse([]byte(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestErrorsSayWhere(t *testing.T) {
	deep := strings.Repeat("[", 10000)
	for text, want := range map[string]string{
		"":                        "line 1, column 1: empty, not a JSON value",
		" \n\t":                   "line 2, column 2: empty, not a JSON value",
		"{\n  \"a\": [1, 2,]\n}":  "line 2, column 14, at a[2]: a value is wanted here, not ']'",
		`{"a": {"b.c": tru`:       `line 1, column 18, at a["b.c"]: the text ends in the middle of a value`,
		`{"a": 1`:                 "line 1, column 8, at a: the text ends in the middle of a value",
		`{"a" 1}`:                 "line 1, column 6, at a: a colon is wanted here, not '1'",
		`{a: 1}`:                  "line 1, column 2: a key in double quotes is wanted here, not 'a'",
		`{"a": 1 "b": 2}`:         "line 1, column 9, at a: a comma or } is wanted here, not '\"'",
		`[1 2]`:                   "line 1, column 4, at [0]: a comma or ] is wanted here, not '2'",
		`{"a": 1,}`:               "line 1, column 9: a key in double quotes is wanted here, not '}'",
		`{} {}`:                   "line 1, column 4: more text after the end of the value",
		`[01]`:                    "line 1, column 3, at [0]: a number does not begin with 0",
		`[1.]`:                    "line 1, column 4, at [0]: a digit is wanted here, not ']'",
		`[-]`:                     "line 1, column 3, at [0]: a digit is wanted here, not ']'",
		`["\x"]`:                  "line 1, column 3, at [0]: unknown escape in a string",
		`["\u12g4"]`:              `line 1, column 3, at [0]: \u is not followed by four hexadecimal digits`,
		"[\"a\nb\"]":              `line 1, column 4, at [0]: control character '\n' in a string`,
		`[NaN]`:                   "line 1, column 2, at [0]: NaN is not JSON",
		"[\"\xff\"]":              "line 1, column 3: invalid UTF-8",
		"\xff\xfe[\x00]\x00":      "line 1, column 1: text in UTF-16, not in UTF-8",
		"[\x00]\x00":              "line 1, column 1: zero bytes: text in UTF-16, or no text at all",
		"hello":                   "line 1, column 1: a value is wanted here, not 'h'",
		deep:                      "line 1, column 1001, at " + strings.Repeat("[0]", 21) + "…: more than 1000 levels of nesting",
		strings.Repeat("[", 1000): "line 1, column 1001, at " + strings.Repeat("[0]", 21) + "…: the text ends in the middle of a value",
	} {
		_, _, err := Parse([]byte(text), Options{})
		var e *Error
		if !errors.As(err, &e) || err.Error() != want {
			t.Errorf("%.40q: %v\nwant %s", text, err, want)
		}
	}
}

func TestTooLarge(t *testing.T) {
	_, _, err := Parse(make([]byte, 200<<20), Options{})
	if err == nil || !strings.Contains(err.Error(), "209715200 bytes are more than") {
		t.Error(err)
	}
}

func TestWarnings(t *testing.T) {
	for text, want := range map[string]string{
		"\uFEFF{}":                      "line 1, column 4: a byte order mark in front was skipped",
		"{\"a\": 1,\n \"\\u0061\": 2}":  "line 2, column 2, at a: the key stands twice: the last one counts",
		`{"a": {"b": NaN}}`:             "line 1, column 13, at a.b: NaN is read as null",
		`[1, -Infinity]`:                "line 1, column 5, at [1]: -Infinity is read as null",
		twenty + `, "k3": 0, "k19": 1}`: `line 1, column 192, at k3: the key stands twice: the last one counts`,
	} {
		n, warnings, err := Parse([]byte(text), Options{NaN: true})
		if err != nil || len(warnings) == 0 || warnings[0].Error() != want {
			t.Errorf("%.30q: %v %v\nwant %s", text, warnings, err, want)
		}
		if out := n.Bytes(Indent2); !json.Valid(out) {
			t.Errorf("%q is printed as %q", text, out)
		}
	}
}

var twenty = func() string {
	var b strings.Builder
	for i := range 20 {
		fmt.Fprintf(&b, `, "k%d": 0`, i)
	}
	return "{" + b.String()[2:]
}()

func TestTheLastOfEqualKeysCounts(t *testing.T) {
	n := parse(t, `{"a": 1, "b": 2, "\u0061": 3}`)
	if n.Len() != 2 || string(n.Bytes(OneLine)) != `{"a": 3, "b": 2}` {
		t.Errorf("%s", n.Bytes(OneLine))
	}
	n = parse(t, twenty+`, "k3": 7}`)
	if v, _ := n.Get("k3").Number(); n.Len() != 20 || v != "7" {
		t.Errorf("%d members, k3 = %s", n.Len(), v)
	}
}

// What a change does not touch stays as it was written, down to the escapes.
func TestUntouchedTextSurvives(t *testing.T) {
	const text = `{"z": 1e400, "lone": "\ud83d", "n": 18446744073709551615, "f": 4102444800.0, "e": "\u00e9\/", "a": {"x": []}}`
	n := parse(t, text)
	if got := string(n.Bytes(OneLine)); got != text {
		t.Errorf("%s", got)
	}
	n.Get("a").Set("y", NewString("ü \n"))
	n.Set("b", NewInt(-5))
	n.Delete("z")
	want := `{"lone": "\ud83d", "n": 18446744073709551615, "f": 4102444800.0, "e": "\u00e9\/", "a": {"x": [], "y": "ü \n"}, "b": -5}`
	if got := string(n.Bytes(OneLine)); got != want {
		t.Errorf("%s", got)
	}
}

func TestStringsSurviveAsGoStrings(t *testing.T) {
	for _, literal := range []string{`"\ud83d"`, `"\udc00\ud83d"`, `"a\udfffb"`, `"\u0000\b\f\n\r\t\"\\"`, `"🛒é"`} {
		s, ok := parse(t, literal).Str()
		if got := string(NewString(s).Bytes(OneLine)); !ok || got != literal {
			t.Errorf("%s became %s", literal, got)
		}
	}
	if s, _ := parse(t, `"\ud83d\uded2"`).Str(); s != "🛒" {
		t.Errorf("%q", s)
	}
}

func TestASCIIStyle(t *testing.T) {
	got := string(parse(t, "[\"ü„🛒\u007f\\u00E9\"]").Bytes(Style{ASCII: true}))
	if want := `["\u00fc\u201e\ud83d\uded2\u007f\u00E9"]`; got != want {
		t.Errorf("%s", got)
	}
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{`{"a": 1, "b": [2]}`, `{"b": [2.0], "a": 1}`, true},
		{`{"a": 1}`, `{"a": 1, "b": null}`, false},
		{`18446744073709551615`, `18446744073709551614`, false},
		{`-1`, `-1.0`, true}, {`0`, `-0`, true}, {`1e2`, `100`, true}, {`1e999999999`, `1e999999998`, false},
		{`"é"`, `"\u00e9"`, true}, {`"\ud83d"`, `"\ufffd"`, false},
		{`true`, `false`, false}, {`null`, `false`, false}, {`[1, 2]`, `[2, 1]`, false},
	} {
		if got := Same(parse(t, c.a), parse(t, c.b)); got != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

func TestOffsets(t *testing.T) {
	const text = "{\n \"a\": {\"b\": [1,\n  [true]]}}"
	n := parse(t, text).Get("a").Get("b").Items()[1].Items()[0]
	if line, column := Position([]byte(text), n.Offset()); line != 3 || column != 4 {
		t.Errorf("line %d, column %d", line, column)
	}
	if NewInt(1).Offset() != -1 || (*Node)(nil).Offset() != -1 {
		t.Error("what was made has no place")
	}
}

func TestCloneSharesNothing(t *testing.T) {
	n := parse(t, `{"a": {"b": [1]}}`)
	n.Get("a").Get("b").Items()
	c := n.Clone()
	c.Get("a").Get("b").SetItems(nil)
	c.Get("a").Set("x", NewNull())
	if got := string(n.Bytes(OneLine)); got != `{"a": {"b": [1]}}` {
		t.Error(got)
	}
}

// What was only peeked at costs no memory afterwards.
func TestPeekTakesNothingApart(t *testing.T) {
	n := parse(t, `{"a": {"b": [1, 2]}, "a": {"c": 3}}`)
	view := n.Peek()
	if v, _ := view.Get("a").Peek().Get("c").Number(); v != "3" || view.Len() != 1 {
		t.Errorf("the view has %s and %d members", v, view.Len())
	}
	if n.text == nil || view.members[0].node.text == nil {
		t.Error("reading a view took the node apart")
	}
	n.Set("d", NewNull())
	if got := string(n.Peek().Bytes(OneLine)); got != `{"a": {"c": 3}, "d": null}` {
		t.Errorf("a view of what was taken apart: %s", got)
	}
	if (*Node)(nil).Peek().Kind() != Absent {
		t.Error("a view of nothing")
	}
}

func TestEachTakesNothingApart(t *testing.T) {
	const text = `{"a": [1, [2, {"\u0062": "]"}]], "a": {}, "c": "x"}`
	for name, prepare := range map[string]func(*Node){"as read": func(*Node) {}, "taken apart": apart} {
		n := parse(t, text)
		prepare(n)
		var all []string
		var walk func(path string, n *Node)
		walk = func(path string, n *Node) {
			for key, v := range n.Each() {
				if v.Offset() < 0 || !strings.HasPrefix(text[v.Offset():], string(v.Bytes(OneLine))) {
					t.Errorf("%s: %s is not at %d", name, v.Bytes(OneLine), v.Offset())
				}
				all = append(all, path+key+" "+v.Kind().String())
				walk(path+key+"/", v)
			}
		}
		walk("", n)
		want := "a an object, c a string"
		if name == "as read" {
			want = "a an array, a/ a number, a/ an array, a// a number, a// an object, a///b a string, " + want
			if n.text == nil {
				t.Error("it was taken apart")
			}
		}
		if got := strings.Join(all, ", "); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	for range (*Node)(nil).Each() {
		t.Error("nothing has a member")
	}
}

// errWriter fails after n bytes.
type errWriter int

func (w *errWriter) Write(p []byte) (int, error) {
	if *w -= errWriter(len(p)); *w < 0 {
		return 0, errors.New("full")
	}
	return len(p), nil
}

func TestPrintInPieces(t *testing.T) {
	n := parse(t, `{"a": [`+strings.Repeat(`"some text", {"k": [1, 2]}, `, 20000)+`0], "b": {}}`)
	var whole bytes.Buffer
	if err := n.Print(&whole, Indent4); err != nil || !bytes.Equal(whole.Bytes(), n.Bytes(Indent4)) {
		t.Errorf("%v: pieces and whole differ", err)
	}
	n.Get("a").Items()
	var again bytes.Buffer
	n.Print(&again, Indent4)
	if !bytes.Equal(whole.Bytes(), again.Bytes()) {
		t.Error("taken apart it is printed otherwise")
	}
	w := errWriter(100000)
	if n.Print(&w, Indent4) == nil {
		t.Error("an error of the writer was swallowed")
	}
}

// FuzzParse holds the reader against encoding/json.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("../../testdata/samples/*")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, s := range []string{`{"a":{"a":1,"a":[]},"\ud83d":-1.5e+3}`, "\uFEFF[]", `[NaN]`, `"\u0061"`, "{}", "[[],{}]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, warnings, err := Parse(bytes.Clone(data), Options{})
		rest, _ := bytes.CutPrefix(data, []byte("\uFEFF"))
		if valid := json.Valid(rest) && utf8.Valid(rest); valid != (err == nil) {
			if err == nil || !strings.Contains(err.Error(), "levels") && !strings.Contains(err.Error(), "mark") {
				t.Fatalf("encoding/json says %v, we say %v", valid, err)
			}
		}
		if err != nil {
			return
		}
		var want, got bytes.Buffer
		json.Indent(&want, bytes.TrimSpace(rest), "", "  ")
		n.Print(&got, Indent2)
		if !bytes.Equal(want.Bytes(), got.Bytes()) {
			t.Fatalf("printed %q, want %q", got.Bytes(), want.Bytes())
		}
		apart(n)
		open := n.Bytes(Indent2)
		if len(warnings) == 0 && !bytes.Equal(open, want.Bytes()) {
			t.Fatalf("taken apart: %q, want %q", open, want.Bytes())
		}
		again, _, err := Parse(n.Bytes(Indent2ASCII), Options{})
		if err != nil || !Same(n, again) {
			t.Fatalf("escaped it reads otherwise: %v", err)
		}
	})
}

// apart takes everything apart.
func apart(n *Node) {
	for _, v := range n.Members() {
		apart(v)
	}
	for _, v := range n.Items() {
		apart(v)
	}
}

func TestRewriteChangesKeysAndValuesInPlace(t *testing.T) {
	n := parse(t, `{"\u0061": 1, "b": [2, {"c": 3.0}], "d": null}`)
	var visit func(key string, v *Node) (string, *Node)
	visit = func(key string, v *Node) (string, *Node) {
		v.Rewrite(visit)
		if text, ok := v.Number(); ok && text != "1" {
			v = NewString("n" + text.String())
		}
		if key == "d" {
			key = `"`
		}
		return key, v
	}
	n.Rewrite(visit)
	const want = `{"\u0061": 1, "b": ["n2", {"c": "n3.0"}], "\"": null}`
	if got := string(n.Bytes(OneLine)); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if n.Get(`"`).Kind() != Null || n.Get("d") != nil {
		t.Error("the new key is not found, or the old one is")
	}
}
