package pattern

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// said is a result in short: "+domain/name" for added, "~" updated, "="
// unchanged, "!" skipped, "-" pruned; workflows with two slashes.
func said(r Result) string {
	var all []string
	for _, item := range r.Items {
		slash := "/"
		if item.Workflow {
			slash = "//"
		}
		all = append(all, string("+~=!-"[item.Outcome])+item.Domain+slash+item.Name)
	}
	return strings.Join(all, " ")
}

func TestMerge(t *testing.T) {
	const good, bad = `{"actions": ["good"]}`, `{"actions": ["bad"], "success": false}`
	in := func(domain, kind, entry string) string {
		return fmt.Sprintf(`{"patterns": {%q: {%q: %s}}}`, domain, kind, entry)
	}
	flow := func(key, more string) string {
		return fmt.Sprintf(`{"workflows": {%q: {"w": {"id": "w", "description": "", "steps": []%s}}}}`, key, more)
	}
	for _, c := range []struct {
		name, store, session string
		said                 string
		patterns, workflows  int
	}{
		{"a key is normalised (P-05)", `{}`, in("WWW.Amazon.com", "x", good), "+amazon.com/x", 1, 0},
		{"the normalised key is found", in("amazon.com", "x", bad), in("https://www.amazon.com/s", "x", good), "~amazon.com/x", 1, 0},
		{"other keys are left alone", in("WWW.Amazon.com", "x", bad), in("WWW.Amazon.com", "x", good), "+amazon.com/x", 1, 0},
		{"a URL without a domain keeps its text", `{}`, in("file:///x", "x", good), "+file:///x/x", 1, 0},
		{"a URL that is none keeps its text", `{}`, in("https://[", "x", good), "+https://[/x", 1, 0},
		{"the empty key stays", `{}`, in("", "x", good), "+/x", 1, 0},
		{"_global stays", `{}`, in("_global", "x", good), "+_global/x", 1, 0},
		{"a domain without entries counts nothing", `{}`, `{"patterns": {"a": {}}}`, "", 0, 0},

		{"a failure does not replace a success (P-07)", in("a", "x", good), in("a", "x", bad), "!a/x", 0, 0},
		{"nor hide one under another key", in("A", "x", good), in("A", "x", bad), "!a/x", 0, 0},
		{"a success replaces a failure", in("a", "x", bad), in("a", "x", good), "~a/x", 1, 0},
		{"a failure replaces a failure", in("a", "x", bad), in("a", "x", bad), "~a/x", 1, 0},
		{"a failure of something new is kept", in("a", "y", good), in("a", "x", bad), "+a/x", 1, 0},

		{"today's own is counted, not changed", `{"version": 1, "patterns": {"a": {"x": {"actions": ["good"], "last_success": "2026-02-03"}}}}`,
			in("a", "x", good), "=a/x", 1, 0},

		{"workflows come too (P-08)", `{}`, flow("a.com", `, "domain": "a.com"`), "+a.com//w", 0, 1},
		{"the domain inside decides", `{}`, flow("a.com", `, "domain": "WWW.B.com"`), "+b.com//w", 0, 1},
		{"without one the key does", `{}`, flow("WWW.a.com", ``), "+a.com//w", 0, 1},
		{"an empty one is _global", `{}`, flow("a.com", `, "domain": ""`), "+_global//w", 0, 1},
		{"a failed workflow replaces no good one", flow("a", ``), flow("a", `, "success": false`), "!a//w", 0, 0},
		{"a good one replaces a failed one", flow("a", `, "success": 0`), flow("a", ``), "~a//w", 0, 1},
	} {
		f := decode(t, c.store)
		before := encode(t, f)
		r := f.MergeSession([]byte(c.session), today, Limits{})
		if said(r) != c.said || r.Patterns != c.patterns || r.Workflows != c.workflows || r.Ignored != nil {
			t.Errorf("%s: %s, want %s; %+v", c.name, said(r), c.said, r)
		}
		after := encode(t, f)
		if changed := after != before; changed != r.Changed() {
			t.Errorf("%s: changed %v, says %v", c.name, changed, r.Changed())
		}
		f.MergeSession([]byte(c.session), today, Limits{})
		if again := encode(t, f); again != after {
			t.Errorf("%s: merged again it is\n%s\nnot\n%s", c.name, again, after)
		}
		if _, err := Decode([]byte(after)); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestMergedWorkflowKeepsItsEmptyDomain(t *testing.T) {
	f := New()
	f.MergeWorkflows([]Workflow{{ID: "w"}}, today, Limits{})
	if w, ok := f.LookupWorkflow(Global, "w"); !ok || w.Domain != "" {
		t.Errorf("%+v %v", w, ok)
	}
}

func TestMergeOfTheSamples(t *testing.T) {
	f := decode(t, string(sample(t, "patterns_v1.json")))
	r := f.MergeSession(sample(t, "session_patterns.json"), today, Limits{})
	if said(r) != "+shop.example.com/pagination" {
		t.Errorf("%s", said(r))
	}
	want := strings.Replace(string(sample(t, "patterns_v1.json")), `"version": 1`, `"version": 2`, 1)
	want = strings.Replace(want, `
        "last_success": null
      }
    },`, `
        "last_success": null
      },
      "pagination": {
        "actions": [
          "click 'Next'"
        ],
        "last_success": "2026-02-03",
        "success": true
      }
    },`, 1)
	want = strings.TrimSuffix(want, "\n}") + ",\n  \"workflows\": {}\n}"
	if got := encode(t, f); got != want {
		t.Errorf("%s", got)
	}
}

// What a model wrote into a session beside the format stays there.
func TestMergeTakesOnlyKnownKeys(t *testing.T) {
	f := decode(t, `{"patterns": {"a": {"x": {"actions": [], "mine": 1}}}}`)
	session := decode(t, `{"version": 7, "evil": 1, "patterns": {"a": {"x": {"actions": ["go"], "evil": 2}}}}`)
	before := encode(t, session)
	f.Merge(session, today, Limits{})
	if got := encode(t, f); strings.Contains(got, "evil") || !strings.Contains(got, "mine") || f.Version() != 2 {
		t.Errorf("%s", got)
	}
	if encode(t, session) != before {
		t.Error("the session was changed")
	}
}

func TestMergeSessionTellsWhatItTolerated(t *testing.T) {
	r := New().MergeSession([]byte("\uFEFF"+`{"patterns": {"a": {"x": {"actions": [], "actions": ["go"]}}}}`), today, Limits{})
	var all []string
	for _, w := range r.Warnings {
		all = append(all, w.String())
	}
	want := []string{
		"line 1, column 4: a byte order mark in front was skipped",
		"line 1, column 45, at patterns.a.x.actions: the key stands twice: the last one counts",
	}
	if !slices.Equal(all, want) {
		t.Errorf("%q", all)
	}
}

func TestLimits(t *testing.T) {
	f := decode(t, `{"patterns": {
		"a": {"old": {"actions": [], "last_success": "2024-01-01"}, "never": {"actions": []}, "new": {"actions": [], "last_success": "2026-01-01"}},
		"b": {"odd": {"actions": [], "last_success": null}}},
		"workflows": {"a": {"v": {"id": "v", "description": "", "steps": []}}}}`)
	session := `{"patterns": {"c": {"long": {"actions": ["12345", "67890"]}, "short": {"actions": ["12345", "6789"]}}},
		"workflows": {"c": {"w": {"id": "w", "description": "", "steps": [{"environment_state": "123", "reasoning": "456", "action": "789"}]}}}}`
	r := f.MergeSession([]byte(session), today, Limits{Text: 9, Patterns: 3, Workflows: 1})
	if got, want := said(r), "!c/long +c/short !c//w -a/never -b/odd"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := f.Domains(); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("%q", got)
	}
	r = f.MergeSession([]byte(session), today, Limits{Workflows: 1})
	if got, want := said(r), "+c/long =c/short +c//w -a//v"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := f.Prune(Limits{}); got != nil {
		t.Errorf("no limits, and yet %v", got)
	}
	if got := said(Result{Items: f.Prune(Limits{Patterns: 1})}); got != "-a/old -a/new -c/short" {
		t.Errorf("%s", got)
	}
}

func TestOfEquallyOldTheFirstGoes(t *testing.T) {
	f, old, young := New(), "", ""
	for i := range 40 {
		last := today
		if i%3 == 0 {
			last = "2024-01-01"
			old += fmt.Sprintf(" -a//%d", i)
		} else if i < 26 {
			young += fmt.Sprintf(" -a//%d", i)
		}
		f.PutWorkflow("a", Workflow{ID: fmt.Sprint(i), LastSuccess: last})
	}
	r := f.MergeWorkflows([]Workflow{{ID: "new"}}, today, Limits{Workflows: 10})
	if got := said(r); got != "+_global//new"+old+young {
		t.Errorf("%s", got)
	}
}

// FuzzMerge: nothing that was there is lost, no success becomes a failure, and
// the same again changes nothing.
func FuzzMerge(f *testing.F) {
	for _, a := range sampleNames {
		for _, b := range sampleNames {
			f.Add(sample(f, a), sample(f, b))
		}
	}
	f.Add([]byte(`{"patterns":{"A":{"x":{"actions":[]}},"a":{"x":{"actions":["1"],"success":0}}}}`),
		[]byte(`{"patterns":{"A":{"x":{"actions":["2"],"success":"no"}}},"workflows":{"":{"":{"id":"","description":"","steps":[]}}}}`))
	f.Fuzz(func(t *testing.T, store, session []byte) {
		if f, err := Decode(store); err == nil {
			keepsItsPromises(t, f, session)
		}
	})
}

// The same with documents that are about few sites and types.
func TestMergeOfRandomDocuments(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range 2000 {
		keepsItsPromises(t, random(rnd), []byte(encode(t, random(rnd))))
	}
}

func random(rnd *rand.Rand) *File {
	sites := []string{"a.com", "A.com", "www.a.com", "https://a.com/", "", Global, "http://["}
	site := func() string { return sites[rnd.IntN(len(sites))] }
	name := func() string { return string(rune('x' + rnd.IntN(3))) }
	last := func() string { return []string{"", "2024-01-01", today}[rnd.IntN(3)] }
	f := New()
	for range rnd.IntN(8) {
		f.Put(site(), name(), Entry{Actions: []string{name()}, LastSuccess: last(), Failed: rnd.IntN(2) == 0})
	}
	for range rnd.IntN(4) {
		f.PutWorkflow(site(), Workflow{ID: name(), Description: name(), Domain: site(), LastSuccess: last(), Failed: rnd.IntN(2) == 0})
	}
	return f
}

// keepsItsPromises merges a session into a document: nothing that was there is
// lost, no success becomes a failure or is hidden by one, what changed is told,
// and the same again changes nothing.
func keepsItsPromises(t *testing.T, f *File, session []byte) {
	t.Helper()
	before, all := f.Clone(), encode(t, f)
	r := f.MergeSession(session, today, Limits{})
	after := encode(t, f)
	if !r.Changed() && after != all {
		t.Fatalf("no change is told of\n%s\n%s", all, after)
	}
	merged := decode(t, after)
	for _, domain := range before.Domains() {
		for kind, e := range before.Patterns(domain) {
			n := merged.find(patternsKey, domain, kind)
			if n == nil || failed(n) && !e.Failed {
				t.Fatalf("%q, %q: %v is lost in\n%s", domain, kind, e, after)
			}
			if m, ok := merged.Lookup(domain, kind); !ok || m.Failed && !e.Failed {
				t.Fatalf("%q, %q: %v is hidden in\n%s", domain, kind, e, after)
			}
		}
	}
	for _, domain := range before.WorkflowDomains() {
		for id, w := range before.Workflows(domain) {
			if n := merged.find(workflowsKey, domain, id); n == nil || failed(n) && !w.Failed {
				t.Fatalf("workflow %q of %q is lost in\n%s", id, domain, after)
			}
		}
	}
	f.MergeSession(session, today, Limits{})
	if again := encode(t, f); again != after {
		t.Fatalf("merged again:\n%s\nnot\n%s", again, after)
	}
}
