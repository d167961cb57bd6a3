package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/report"
)

func TestJSONHasNoNullListsAndIsTheSameEachTime(t *testing.T) {
	var first []byte
	for range 5 {
		r, o := sample()
		r.Sites = append(r.Sites, &audit.Site{})
		r.Findings = append(r.Findings, &audit.Finding{SiteIndex: -1})
		o.Fixes = append(o.Fixes, report.Fix{Finding: r.Findings[0], Grade: "never"})
		var b bytes.Buffer
		if err := report.JSON(&b, r, o); err != nil {
			t.Fatal(err)
		}
		if first != nil && !bytes.Equal(first, b.Bytes()) {
			t.Fatal("two runs differ")
		}
		first = b.Bytes()
	}
	var empty bytes.Buffer
	if err := report.JSON(&empty, &audit.Result{}, report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{first, empty.Bytes()} {
		if strings.Count(string(text), "\n") != 1 {
			t.Error("it is not one line")
		}
		var doc any
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		if at := null(doc, ""); at != "" {
			t.Errorf("%s is null", at)
		}
	}
}

// null finds a null, but for a fix: there is none.
func null(doc any, at string) string {
	switch d := doc.(type) {
	case nil:
		if !strings.HasSuffix(at, ".fix") {
			return at
		}
	case []any:
		for i, x := range d {
			if s := null(x, fmt.Sprintf("%s[%d]", at, i)); s != "" {
				return s
			}
		}
	case map[string]any:
		for k, x := range d {
			if s := null(x, at+"."+k); s != "" {
				return s
			}
		}
	}
	return ""
}

// The fields that programs were promised are there.
func TestJSONFields(t *testing.T) {
	r, o := sample()
	var b bytes.Buffer
	if err := report.JSON(&b, r, o); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Sites    []map[string]json.RawMessage
		Findings []map[string]json.RawMessage
		Rest     map[string]any `json:"-"`
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b.Bytes(), &top); err != nil {
		t.Fatal(err)
	}
	var facts map[string]json.RawMessage
	if err := json.Unmarshal(doc.Sites[0]["facts"], &facts); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		have  map[string]json.RawMessage
		names string
	}{
		{top, "version root languages sites findings problems skipped gone"},
		{doc.Sites[0], "file line function language call target verdict facts steps states importance evidence"},
		{facts, "staging temp sync dirSync window backup backupRead parents cleanup errors encoding async mode lock"},
		{doc.Findings[0], "rule severity site message fix fingerprint suppressed file line at leads also advice known"},
	} {
		for _, n := range strings.Fields(c.names) {
			if _, ok := c.have[n]; !ok {
				t.Errorf("%s is missing", n)
			}
		}
	}
}

// The worst of a site leads, and the list is by file, line and rule.
func TestJSONIsSorted(t *testing.T) {
	r, o := sample()
	var b bytes.Buffer
	if err := report.JSON(&b, r, o); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Findings []struct {
			File, Rule string
			Line, Site int
			Leads      bool
		}
		Sites []struct{ File string }
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Findings) != len(r.Findings) {
		t.Fatalf("%d findings became %d", len(r.Findings), len(doc.Findings))
	}
	var keys []string
	for _, f := range doc.Findings {
		keys = append(keys, fmt.Sprintf("%s %5d %s", f.File, f.Line, f.Rule))
		if f.Site >= 0 && doc.Sites[f.Site].File != f.File {
			t.Errorf("%s is said to be at %s", f.Rule, doc.Sites[f.Site].File)
		}
		if f.Rule == "default-over-unreadable" && f.Leads {
			t.Error("another rule leads that site")
		}
	}
	if !slices.IsSorted(keys) {
		t.Errorf("%q", keys)
	}
}
