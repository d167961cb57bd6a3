package pattern

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const samples = "../testdata/samples"

var sampleNames = []string{"patterns_v1.json", "patterns_v2.json", "session_patterns.json"}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func decode(t testing.TB, text string) *File {
	t.Helper()
	f, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func encode(t testing.TB, f *File) string {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// oneLine is encode without the layout.
func oneLine(t testing.TB, f *File) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(encode(t, f)) {
		b.WriteString(strings.TrimSpace(line))
		if strings.HasSuffix(line, ",\n") {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func TestSamplesSurviveByteForByte(t *testing.T) {
	for _, name := range sampleNames {
		data := sample(t, name)
		f := decode(t, string(data))
		for _, domain := range f.Domains() {
			for kind := range f.Patterns(domain) {
				f.Lookup(domain, kind)
			}
		}
		if got := encode(t, f); got != string(data) {
			t.Errorf("%s became\n%s", name, got)
		}
	}
}

func TestNewIsAnEmptyV2(t *testing.T) {
	want := "{\n  \"version\": 2,\n  \"patterns\": {},\n  \"workflows\": {}\n}"
	if f := New(); encode(t, f) != want || f.Shape() != V2 || f.Version() != 2 {
		t.Errorf("%s, %v, version %d", encode(t, f), f.Shape(), f.Version())
	}
}

func TestShapeIsToldByKeys(t *testing.T) {
	for text, want := range map[string]Shape{
		`{}`: V1,
		`{"version": 2, "patterns": {"a": {"x": {"actions": []}}}}`:                                                       V1,
		`{"version": 1, "patterns": {"a": {"x": {"actions": []}, "y": {"actions": [], "success": 1}}}}`:                   V1Success,
		`{"version": 1, "workflows": {}}`:                                                                                 V2,
		`{"patterns": {"a": {"x": {"actions": [], "success": true}}}, "workflows": {"a": {}}}`:                            V2,
		`{"patterns": {"a": {"success": {"actions": ["a key that only looks like one"], "extra": {"success": true}}}}}`:   V1,
		string(sample(t, "patterns_v1.json")):                                                                             V1,
		string(sample(t, "patterns_v2.json")):                                                                             V2,
		strings.ReplaceAll(string(sample(t, "patterns_v1.json")), `"last_success":`, `"success": false, "last_success":`): V1Success,
	} {
		if got := decode(t, text).Shape(); got != want {
			t.Errorf("%.60s: %v, want %v", text, got, want)
		}
	}
}

// A change makes the file a v2; what it does not touch stays as it was.
func TestWhatAChangeWrites(t *testing.T) {
	put := func(f *File) { f.Put("a", "x", Entry{Actions: []string{"é"}, LastSuccess: "2026-02-03"}) }
	for _, c := range []struct{ name, before, after string }{
		{
			"v1",
			`{"version": 1, "patterns": {"a": {"y": {"actions": ["go"], "last_success": null}}}}`,
			`{"version": 2, "patterns": {"a": {"y": {"actions": ["go"], "last_success": null}, "x": {"actions": ["\u00e9"], "last_success": "2026-02-03", "success": true}}}, "workflows": {}}`,
		},
		{
			"an entry of v1",
			`{"version": 1, "patterns": {"a": {"x": {"last_success": null, "note": 1.50, "actions": []}}}}`,
			`{"version": 2, "patterns": {"a": {"x": {"last_success": "2026-02-03", "note": 1.50, "actions": ["\u00e9"], "success": true}}}, "workflows": {}}`,
		},
		{
			"the empty object",
			`{}`,
			`{"version": 2, "patterns": {"a": {"x": {"actions": ["\u00e9"], "last_success": "2026-02-03", "success": true}}}, "workflows": {}}`,
		},
		{
			"a newer version, unknown keys, numbers and escapes",
			`{"z": 1e400, "version": 99.0, "workflows": {}, "k\u00e9y": "\ud83d\/", "patterns": {"b": {"q": {"actions": [], "success": "yes", "n": 18446744073709551615}}, "a": {}}, "last": {"version": 1}}`,
			`{"z": 1e400, "version": 99.0, "workflows": {}, "k\u00e9y": "\ud83d\/", "patterns": {"b": {"q": {"actions": [], "success": "yes", "n": 18446744073709551615}}, "a": {"x": {"actions": ["\u00e9"], "last_success": "2026-02-03", "success": true}}}, "last": {"version": 1}}`,
		},
		{
			"what says the same in other words",
			`{"version": "2", "patterns": {"a": {"x": {"actions": ["\u00E9"], "success": "on"}}}, "workflows": {}}`,
			`{"version": "2", "patterns": {"a": {"x": {"actions": ["\u00E9"], "success": "on", "last_success": "2026-02-03"}}}, "workflows": {}}`,
		},
	} {
		f := decode(t, c.before)
		if before := oneLine(t, f); before != c.before {
			t.Errorf("%s: unchanged it is written as\n%s", c.name, before)
		}
		put(f)
		if got := oneLine(t, f); got != c.after {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.after)
		}
		put(f)
		if got := oneLine(t, f); got != c.after {
			t.Errorf("%s, put again:\n%s", c.name, got)
		}
	}
}

// The version written after a change is max(2, found), as it was written.
func TestVersionAfterAChange(t *testing.T) {
	for _, c := range []struct {
		found   string
		read    int
		written string
	}{
		{`1`, 1, `2`}, {`0`, 0, `2`}, {`-7`, -7, `2`}, {`true`, 1, `2`}, {`"1"`, 1, `2`},
		{`2`, 2, `2`}, {`"2"`, 2, `"2"`}, {`2.0`, 2, `2.0`}, {`99`, 99, `99`},
		{`12345678901234567890`, math.MaxInt, `12345678901234567890`},
		{`-12345678901234567890`, math.MinInt, `2`},
	} {
		f := decode(t, `{"version": `+c.found+`}`)
		if got := f.Version(); got != c.read {
			t.Errorf("%s is read as %d", c.found, got)
		}
		f.Put("a", "x", Entry{})
		if want := `{"version": ` + c.written + `, "patterns"`; !strings.HasPrefix(oneLine(t, f), want) {
			t.Errorf("%s: %s", c.found, oneLine(t, f))
		}
	}
}

func TestNothingChangedNothingWritten(t *testing.T) {
	data := string(sample(t, "patterns_v1.json"))
	f := decode(t, data)
	same := Entry{Actions: []string{"click the button labelled 'Accept all'"}, LastSuccess: "2026-01-29"}
	if f.Put("shop.example.com", "cookie_consent", same) {
		t.Error("putting what is there is called a change")
	}
	if f.Remove("shop.example.com", "nothing") || f.Remove("nowhere", "x") || f.RemoveWorkflow("shop.example.com", "x") {
		t.Error("removed what is not there")
	}
	if encode(t, f) != data {
		t.Error("the document changed")
	}
}

func TestRemove(t *testing.T) {
	f := decode(t, string(sample(t, "patterns_v2.json")))
	if !f.Remove("shop.example.com", "login_form") || !f.RemoveWorkflow(Global, "newsletter_dismiss") {
		t.Fatal("not there")
	}
	if _, ok := f.Lookup("shop.example.com", "login_form"); ok {
		t.Error("the entry is still there")
	}
	if got := f.WorkflowDomains(); !slices.Equal(got, []string{"shop.example.com"}) {
		t.Errorf("domains of workflows: %q", got)
	}
	if got := f.Domains(); !slices.Equal(got, []string{"shop.example.com"}) {
		t.Errorf("domains: %q", got)
	}
}

func TestLookupPrefersTheNormalisedKey(t *testing.T) {
	f := decode(t, `{"patterns": {
		"WWW.Shop.com": {"a": {"actions": ["old a"]}, "b": {"actions": ["old b"]}, "c": {"actions": ["old c"]}, "d": {"actions": ["old d"], "success": false}},
		"shop.com": {"a": {"actions": ["new a"]}, "c": {"actions": ["bad c"], "success": false}, "d": {"actions": ["new d"], "success": "no"}},
		"": {"e": {"actions": ["of no domain"]}}
	}}`)
	for _, c := range []struct{ site, kind, want string }{
		{"https://www.shop.com/x?y", "a", "new a"},
		{"shop.com", "a", "new a"},
		{"shop.com", "b", ""},
		{"WWW.Shop.com", "a", "new a"},
		{"WWW.Shop.com", "b", "old b"},
		{"WWW.Shop.com", "c", "old c"},
		{"shop.com", "c", "bad c"},
		{"WWW.Shop.com", "d", "new d"},
		{"", "e", "of no domain"},
		{"https://[", "a", ""},
	} {
		e, ok := f.Lookup(c.site, c.kind)
		if got := strings.Join(e.Actions, "|"); got != c.want || ok != (c.want != "") {
			t.Errorf("%s, %s: %q %v, want %q", c.site, c.kind, got, ok, c.want)
		}
	}
	var offered []string
	for kind, e := range f.Offered("WWW.Shop.com") {
		offered = append(offered, kind+": "+e.Actions[0])
	}
	if want := []string{"a: new a", "b: old b", "c: old c"}; !slices.Equal(offered, want) {
		t.Errorf("offered %q, want %q", offered, want)
	}
}

func TestTextsOfAnyKindSurvivePut(t *testing.T) {
	lone := decode(t, `{"patterns": {"a": {"x": {"actions": ["\ud83d", "\u0000\u007f<&>\u2028🛒"]}}}}`)
	e, _ := lone.Lookup("a", "x")
	f := New()
	f.Put("a", "y", e)
	want := `"actions": ["\ud83d", "\u0000\u007f<&>\u2028\ud83d\uded2"]`
	if got := oneLine(t, f); !strings.Contains(got, want) {
		t.Errorf("%s", got)
	}
}

func TestWorkflowsArePutWhole(t *testing.T) {
	f := decode(t, `{"workflows": {"a": {"w": {"id": "w", "description": "", "extra": 1, "steps": [
		{"environment_state": "s", "reasoning": "r", "action": "a", "kept": true},
		{"environment_state": "s2", "reasoning": "r2", "action": "a2", "lost": true}]}}}}`)
	w, ok := f.LookupWorkflow("https://a/", "w")
	if !ok || w.Domain != Global || len(w.Steps) != 2 {
		t.Fatalf("%+v", w)
	}
	w.Steps[1].Action = "other"
	if !f.PutWorkflow("a", w) || f.PutWorkflow("a", w) {
		t.Error("the first put is a change, the second is none")
	}
	want := `{"workflows": {"a": {"w": {"id": "w", "description": "", "extra": 1, "steps": [` +
		`{"environment_state": "s", "reasoning": "r", "action": "a", "kept": true}, ` +
		`{"environment_state": "s2", "reasoning": "r2", "action": "other"}], ` +
		`"domain": "_global", "last_success": null, "success": true}}}, "version": 2, "patterns": {}}`
	if got := oneLine(t, f); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestCloneIsApart(t *testing.T) {
	data := string(sample(t, "patterns_v2.json"))
	f := decode(t, data)
	f.Put("shop.example.com", "pagination", Entry{})
	before := encode(t, f)
	c := f.Clone()
	c.Put("shop.example.com", "pagination", Entry{Failed: true})
	c.Remove("shop.example.com", "login_form")
	c.RemoveWorkflow(Global, "newsletter_dismiss")
	if encode(t, f) != before {
		t.Error("a change of the copy changed the original")
	}
	f.Remove("shop.example.com", "cookie_consent")
	if _, ok := c.Lookup("shop.example.com", "cookie_consent"); !ok {
		t.Error("a change of the original changed the copy")
	}
}

// Run with -race.
func TestManyGoroutines(t *testing.T) {
	f := decode(t, string(sample(t, "patterns_v2.json")))
	session := decode(t, string(sample(t, "session_patterns.json")))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			New().Merge(session, "2026-02-04", Limits{})
			for _, domain := range f.Domains() {
				for kind := range f.Patterns(domain) {
					f.Lookup(domain, kind)
				}
				for range f.Workflows(domain) {
					f.Shape()
				}
			}
			f.Merge(session, "2026-02-04", Limits{})
			f.Merge(f, "2026-02-04", Limits{})
			encode(t, f.Clone())
		})
	}
	all.Wait()
	if _, ok := f.Lookup("shop.example.com", "pagination"); !ok {
		t.Error("the merge is lost")
	}
}

// A Codec does what the functions do, and names the file.
func TestCodec(t *testing.T) {
	c := Codec{Name: "p.json"}
	_, err := c.Decode([]byte("not valid json {{{"))
	var syntax *SyntaxError
	if want := "Invalid JSON in patterns file p.json: line 1, column 1: "; !errors.As(err, &syntax) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v", err)
	}
	_, err = c.Decode([]byte(`{"patterns": []}`))
	var schema *SchemaError
	if want := "Invalid patterns file schema p.json: line 1, column 14, at patterns: an object is wanted here, not an array"; !errors.As(err, &schema) || err.Error() != want {
		t.Errorf("%v", err)
	}
	var b bytes.Buffer
	if err := c.Encode(&b, c.New()); err != nil || b.String() != encode(t, New()) {
		t.Errorf("%v %s", err, b.String())
	}
}
