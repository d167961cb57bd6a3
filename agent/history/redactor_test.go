package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"
)

func secrets(t testing.TB, text string) Secrets {
	t.Helper()
	s, err := ParseSecrets([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSecretsAreReplaced(t *testing.T) {
	for _, c := range []struct{ secrets, text, want string }{
		{`{"password": "hunter2"}`, "my password is hunter2", "my password is <secret>password</secret>"},
		{`{"password": "supersecret", "type": "secret"}`, "supersecret", "<secret>password</secret>"},
		{`{"type": "secret", "password": "supersecret"}`, "supersecret", "<secret>password</secret>"},
		{`{"short": "abc", "long": "abcdef"}`, "abcdef and abc", "<secret>long</secret> and <secret>short</secret>"},
		{`{}`, "anything", "anything"},
		{`{"key": "<secret>"}`, "the value is <secret>", "the value is <secret>key</secret>"},
		{`{"tok": "xyz"}`, "xyz-xyz-xyz", "<secret>tok</secret>-<secret>tok</secret>-<secret>tok</secret>"},
		{`{"short": "a"}`, "banana", "b<secret>short</secret>n<secret>short</secret>n<secret>short</secret>"},
		{`{"a.com": {"password": "p1"}, "b.com": {"password": "p2"}}`, "p1 p2", "<secret>password</secret> <secret>password</secret>"},
		{`{"u": "p\"w"}`, `{"k":"p\"w"}`, `{"k":"<secret>u</secret>"}`},
		// Values that two names share, upper case, and what stands side by side.
		{`{"a": "same", "b": "same"}`, "same", "<secret>b</secret>"},
		{`{"x.com": {"b": "same"}, "a": "same"}`, "same", "<secret>a</secret>"},
		{`{"p": "Hunter2"}`, "hunter2 HUNTER2 Hunter2", "hunter2 HUNTER2 <secret>p</secret>"},
		{`{"p": "aba"}`, "ababa", "<secret>p</secret>ba"},
		{`{"p": "ab", "q": "bcd"}`, "abcd", "<secret>p</secret>cd"},
		{`{"a": "Axyz", "b": "%41xyz"}`, "%41xyz Axyz", "<secret>b</secret> <secret>a</secret>"},
		{`{"b": "%41xyz", "a": "Axyz"}`, "%41xyz Axyz", "<secret>b</secret> <secret>a</secret>"},
		{`{"p": "a.c|d*"}`, "abc a.c|d*", "abc <secret>p</secret>"},
		// Placeholders that are there already.
		{`{"password": "word"}`, "<secret>password</secret>word", "<secret>password</secret><secret>password</secret>"},
		{`{"password": "word"}`, "<secret>other word</secret>", "<secret>other <secret>password</secret></secret>"},
		{`{"password": "word"}`, "<secret>password", "<secret>pass<secret>password</secret>"},
		{`{"n": "secret"}`, "a secret", "a <secret>n</secret>"},
		{`{"n": "a<secret>n</secret>b"}`, "a<secret>n</secret>b", "a<secret>n</secret>b"},
		{`{"pass": "pass"}`, `{\"k\": \"<secret>pass<\/secret>\"}`, `{\"k\": \"<secret>pass<\/secret>\"}`},
		{`{"pass": "pass"}`, "&lt;secret&gt;pass&lt;/secret&gt;", "&lt;secret&gt;pass&lt;/secret&gt;"},
		{`{"n": "foo<sec", "m": "foo"}`, "foo<secret>n</secret>", "<secret>m</secret><secret>n</secret>"},
		// What one view hides, the next round finds.
		{`{"q": "q\\", "p": "\"a", "r": "ab"}`, `q\"\u0061b`, `<secret>q</secret><secret>p</secret>b`},
		{`{"p": "hunter2"}`, `"hunt\u0065r2\"x" \"hunter2\"`, `"<secret>p</secret>\"x" \"<secret>p</secret>\"`},
		// What is not a text counts as its JSON text, and false as nothing.
		{`{"pin": 1234, "no": 0, "n": 0.0, "x": null, "f": false, "e": "", "l": [], "o": {}}`, "pin 1234 0 null false true",
			"pin <secret>pin</secret> 0 null false true"},
		{`{"t": true, "e": 1e3}`, "true 1e3 1000", "<secret>t</secret> <secret>e</secret> 1000"},
	} {
		r := secrets(t, c.secrets).Redactor()
		got := r.String(c.text)
		if got != c.want {
			t.Errorf("%s: %s\nbecomes %s\nnot     %s", c.secrets, c.text, got, c.want)
		}
		if again := r.String(got); again != got {
			t.Errorf("%s: a second time, %s becomes %s", c.secrets, got, again)
		}
	}
}

func escaped(s string, levels int) string {
	for range levels {
		out, _ := json.Marshal(s)
		s = string(out[1 : len(out)-1])
	}
	return s
}

func ascii(s, format string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, format, unit)
		}
	}
	return b.String()
}

func lowerEscapes(s string) string {
	return regexp.MustCompile("%..").ReplaceAllStringFunc(s, strings.ToLower)
}

func TestEveryFormOfASecretIsFound(t *testing.T) {
	const hard = `pä"ß\w/ &<'>+%41 end`
	for _, value := range []string{hard, "hunter2", "ü", `\\`, "a b", "x+y", "50%", "&lt;x", `\n`, "a\nb", "日本/😀", "1234"} {
		r := Secrets{{"x", value}}.Redactor()
		for form, text := range map[string]string{
			"plain":               value,
			"json":                escaped(value, 1),
			"json twice":          escaped(value, 2),
			"json four times":     escaped(value, 4),
			"json in lower case":  ascii(escaped(value, 1), `\u%04x`),
			"json in upper case":  ascii(escaped(value, 1), `\u%04X`),
			"ascii json in json":  escaped(ascii(escaped(value, 1), `\u%04x`), 1),
			"slash":               strings.ReplaceAll(escaped(value, 1), "/", `\/`),
			"slash in json":       escaped(strings.ReplaceAll(escaped(value, 1), "/", `\/`), 1),
			"query":               url.QueryEscape(value),
			"path":                url.PathEscape(value),
			"lower-case path":     lowerEscapes(url.PathEscape(value)),
			"query twice":         url.QueryEscape(url.QueryEscape(value)),
			"html":                html.EscapeString(value),
			"html twice":          html.EscapeString(html.EscapeString(value)),
			"json in html":        html.EscapeString(escaped(value, 1)),
			"html in json":        escaped(html.EscapeString(value), 1),
			"query in html":       html.EscapeString("?a=1&b=" + url.QueryEscape(value)),
			"query in html, json": escaped(html.EscapeString("?a=1&b="+url.QueryEscape(value)), 1),
		} {
			got := r.String("before " + text + " after")
			want := "before <secret>x</secret> after"
			if i := strings.Index(text, "b="); i >= 0 && strings.HasPrefix(form, "query in") {
				want = "before " + text[:i+2] + "<secret>x</secret> after"
			}
			if got != want {
				t.Errorf("%q, %s: %q becomes %q", value, form, text, got)
			}
		}
	}
}

func TestFiveFormsDeepIsTheEnd(t *testing.T) {
	r := Secrets{{"x", `p"w`}}.Redactor()
	if got := r.String(escaped(`p"w`, 5)); got != "<secret>x</secret>" {
		t.Error(got)
	}
	if got := escaped(`p"w`, 6); r.String(got) != got {
		t.Error("six deep is found, which the documentation does not say")
	}
}

// TestEachTextIsLookedThroughOnce: four ways of decoding, five deep, are 126
// texts at most, not the 1365 ways to them.
func TestEachTextIsLookedThroughOnce(t *testing.T) {
	f := finder{Redactor: Secrets{{"x", "p w"}}.Redactor()}
	hostile := view{text: strings.Repeat(`\\\\\\\\\\\\\\\\%25252525252525&amp;amp;amp;amp;amp;amp;+`, 10)}
	f.deeper(&hostile)
	if len(f.seen) < 50 || len(f.seen) > 126 {
		t.Errorf("%d texts", len(f.seen))
	}
}

// TestHalfACharacter: an escape is replaced as a whole.
func TestHalfACharacter(t *testing.T) {
	for value, want := range map[string]string{"a\xc3": `<secret>x</secret>b`, "\xbcb": `a<secret>x</secret>`} {
		if got := (Secrets{{"x", value}}).Redactor().String(`a\u00fcb`); got != want {
			t.Errorf("%q: %s", value, got)
		}
	}
}

func TestOtherEscapesStay(t *testing.T) {
	r := Secrets{{"x", "hunter2"}}.Redactor()
	const text = `C:\new\table 50% off &copy; a+b %zz \u12 \q &#0; & \ % &#x110000; \`
	if got := r.String(text + "hunter2" + text); got != text+"<secret>x</secret>"+text {
		t.Error(got)
	}
}

func TestFoundTellsNamesInOrder(t *testing.T) {
	r := Secrets{{"a", "one1"}, {"b", "two2"}}.Redactor()
	if got := fmt.Sprint(r.Found("two2 <secret>a</secret> one1 one1")); got != "[b a a]" {
		t.Error(got)
	}
}

func TestNamesMadeOfTagsComeToAnEnd(t *testing.T) {
	r := Secrets{{"z</secret>w", "w"}, {"k<secret>z", "zz"}}.Redactor()
	if got := r.String("<secret>kw"); len(got) > 1000 {
		t.Error(got)
	}
}

func TestSecretsThatAreNone(t *testing.T) {
	for text, want := range map[string]string{
		``:                              "line 1, column 1: this is not JSON (its text is not shown)",
		`{"password": hunter2}`:         "line 1, column 14: this is not JSON (its text is not shown)",
		`{"password": "x", "hunter2"}`:  "line 1, column 28: this is not JSON (its text is not shown)",
		`["hunter2"]`:                   "line 1, column 1: an object of names and secrets is wanted here, not an array",
		`null`:                          "line 1, column 1: an object of names and secrets is wanted here, not null",
		`{"password": ["hunter2"]}`:     "line 1, column 14, at password: a secret or an object of names is wanted here, not an array",
		`{"a.com": {"p": ["hunter2"]}}`: `line 1, column 17, at ["a.com"].p: a secret is wanted here, not an array`,
		"{\"a.com\": {\"p\":\n {\"x\": \"hunter2\"}}}": `line 2, column 2, at ["a.com"].p: a secret is wanted here, not an object`,
		`{"<secret>a": "hunter2"}`:                     `line 1, column 15, at ["<secret>a"]: a name may not contain <secret> or </secret>`,
	} {
		s, err := ParseSecrets([]byte(text))
		if s != nil || err == nil || err.Error() != want {
			t.Errorf("%s: %v, %v\nwant %s", text, s, err, want)
		}
		var syntax *SyntaxError
		var schema *SchemaError
		if !errors.As(err, &syntax) && !errors.As(err, &schema) {
			t.Errorf("%s: an error of type %T", text, err)
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	s := Secrets{{"password", "hunter2"}}
	var log strings.Builder
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("", "all", s, "one", s[0], "redactor", s.Redactor())
	data, _ := json.Marshal(map[string]any{"all": s, "redactor": s.Redactor()})
	printed := fmt.Sprintf("%v %+v %#v %s %q %v %+v %#v %d", s, s, s, s, s, s.Redactor(), s.Redactor(), s.Redactor(), s[0]) +
		log.String() + string(data)
	if strings.Contains(printed, "hunter2") {
		t.Error(printed)
	}
	if !strings.Contains(printed, "secret password") {
		t.Error("the name is not printed: ", printed)
	}
}

func TestShortSecretsAreWarnedOf(t *testing.T) {
	s := secrets(t, `{"pin": 123, "ü": "üüüü", "three": "äöü", "long": "abcd"}`)
	if got := s.Warnings(); len(got) != 2 || !strings.HasPrefix(got[0], "pin has") || !strings.HasPrefix(got[1], "three has") {
		t.Error(got)
	}
}
