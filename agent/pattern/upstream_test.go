package pattern

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
)

// The cases of the original's own test file, by their row in the compatibility
// reference. What is missing needs a disk (5, 24: parents and the resolved
// path) or the Python agent (18–28, 49, 51–64).

const today = "2026-02-03"

// sp is the session document of those tests.
func sp(domain, kind, action string) []byte {
	data, err := json.Marshal(map[string]any{"version": 1, "patterns": map[string]any{
		domain: map[string]any{kind: map[string]any{"actions": []string{action}, "last_success": nil}},
	}})
	if err != nil {
		panic(err)
	}
	return data
}

func TestUpstreamLoadAndSave(t *testing.T) {
	t.Run("1 load missing file returns empty", func(t *testing.T) {
		if f := New(); f.Version() != 2 || f.Domains() != nil || f.WorkflowDomains() != nil {
			t.Errorf("%s", encode(t, f))
		}
	})
	t.Run("2 load valid json", func(t *testing.T) {
		f := decode(t, `{"version": 1, "patterns": {"example.com": {"cookie_consent": {"actions": ["click 'Accept'"], "last_success": "2024-01-15"}}}}`)
		wantEntry(t, f, "example.com", "cookie_consent", Entry{Actions: []string{"click 'Accept'"}, LastSuccess: "2024-01-15"})
		if f.Version() != 1 || !slices.Equal(f.Domains(), []string{"example.com"}) {
			t.Errorf("version %d, domains %q", f.Version(), f.Domains())
		}
	})
	t.Run("3 load invalid json raises", func(t *testing.T) {
		_, err := Decode([]byte("not valid json {{{"))
		var e *SyntaxError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "Invalid JSON") {
			t.Error(err)
		}
	})
	t.Run("4 load invalid schema raises", func(t *testing.T) {
		_, err := Decode([]byte(`{"version": 1, "patterns": {"a": {"x": {"last_success": null}}}}`))
		var e *SchemaError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), "Invalid patterns file schema") {
			t.Error(err)
		}
	})
	t.Run("6 save roundtrip", func(t *testing.T) {
		f := decode(t, `{"version": 1}`)
		accept := Entry{Actions: []string{"accept"}, LastSuccess: "2024-01-15"}
		search := Entry{Actions: []string{"type", "press Enter"}}
		f.Put("amazon.com", "cookie_consent", accept)
		f.Put("amazon.com", "search_box", search)
		f.Put("_global", "modal_close", Entry{Actions: []string{"Escape"}})
		f = decode(t, encode(t, f))
		wantEntry(t, f, "amazon.com", "cookie_consent", accept)
		wantEntry(t, f, "amazon.com", "search_box", search)
		// The original keeps version 1 here; what is written is a v2 (P-04).
		if f.Version() != 2 || !slices.Equal(f.Domains(), []string{"amazon.com", "_global"}) {
			t.Errorf("version %d, domains %q", f.Version(), f.Domains())
		}
	})
	// 7–12 are the first rows of TestNormalizeDomain.
}

func TestUpstreamMerge(t *testing.T) {
	t.Run("13 merge adds new patterns", func(t *testing.T) {
		f := New()
		if r := f.MergeSession(sp("newsite.com", "cookie_consent", "click 'OK'"), today, Limits{}); r.Patterns != 1 {
			t.Errorf("%+v", r)
		}
		wantEntry(t, f, "newsite.com", "cookie_consent", Entry{Actions: []string{"click 'OK'"}, LastSuccess: today})
	})
	t.Run("14 merge updates existing patterns", func(t *testing.T) {
		f := New()
		f.Put("example.com", "cookie_consent", Entry{Actions: []string{"old action"}, LastSuccess: "2024-01-01"})
		if r := f.MergeSession(sp("example.com", "cookie_consent", "new action"), today, Limits{}); r.Patterns != 1 {
			t.Errorf("%+v", r)
		}
		wantEntry(t, f, "example.com", "cookie_consent", Entry{Actions: []string{"new action"}, LastSuccess: today})
	})
	for row, session := range map[string][]byte{
		"15 merge no session file returns zero":      nil,
		"16 merge invalid session json returns zero": []byte("not valid json"),
		"16 merge invalid session schema":            []byte(`{"patterns": {"a": {"x": {}}}}`),
		"17 merge empty session file returns zero":   []byte("   "),
	} {
		t.Run(row, func(t *testing.T) {
			f := decode(t, string(sample(t, "patterns_v1.json")))
			r := f.MergeSession(session, today, Limits{})
			if r.Patterns != 0 || r.Workflows != 0 || r.Changed() || encode(t, f) != string(sample(t, "patterns_v1.json")) {
				t.Errorf("%+v", r)
			}
			if invalid := strings.HasPrefix(row, "16"); (r.Ignored != nil) != invalid {
				t.Errorf("ignored: %v", r.Ignored)
			}
		})
	}
}

func TestUpstreamGating(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		row     string
		done    bool
		success *bool
		force   bool
		save    bool
	}{
		{"29 skips when not done", false, nil, false, false},
		{"29 not done, though successful", false, &yes, false, false},
		{"30 skips when not successful", true, &no, false, false},
		{"31 skips when success is none", true, nil, false, false},
		{"32 saves when successful", true, &yes, false, true},
		{"33 force bypasses gate", false, nil, true, true},
	} {
		if ok, why := SaveAllowed(c.done, c.success, c.force); ok != c.save || (why == "") != ok {
			t.Errorf("%s: %v %q", c.row, ok, why)
		}
	}
	for _, c := range []struct {
		row     string
		done    bool
		success *bool
		steps   int
		force   bool
		induce  bool
	}{
		{"46 skips when not done", false, nil, 5, false, false},
		{"47 skips when not successful", true, &no, 5, false, false},
		{"48 skips few steps", true, &yes, 2, false, false},
		{"three steps are enough", true, &yes, 3, false, true},
		{"49 calls on success", true, &yes, 5, false, true},
		{"50 force bypasses gate", false, nil, 1, true, true},
	} {
		if ok, why := InduceAllowed(c.done, c.success, c.steps, c.force); ok != c.induce || (why == "") != ok {
			t.Errorf("%s: %v %q", c.row, ok, why)
		}
	}
}

func TestUpstreamModels(t *testing.T) {
	t.Run("34, 35 success is true by default", func(t *testing.T) {
		f := decode(t, `{"patterns": {"a": {"x": {"actions": ["go"], "last_success": "2024-01-15"}}}}`)
		wantEntry(t, f, "a", "x", Entry{Actions: []string{"go"}, LastSuccess: "2024-01-15"})
	})
	t.Run("36, 37, 38 workflow defaults", func(t *testing.T) {
		f := decode(t, `{"workflows": {"k": {"w": {"id": "w", "description": "d", "steps": [
			{"environment_state": "s", "reasoning": "r", "action": "a"},
			{"environment_state": "s2", "reasoning": "r2", "action": "a2"}]}}}}`)
		want := Workflow{ID: "w", Description: "d", Domain: "_global", Steps: []Step{{"s", "r", "a"}, {"s2", "r2", "a2"}}}
		if w, ok := f.LookupWorkflow("k", "w"); !ok || !w.equal(want) {
			t.Errorf("%+v", w)
		}
	})
	t.Run("39, 45 an empty list changes nothing", func(t *testing.T) {
		f := decode(t, string(sample(t, "patterns_v1.json")))
		if r := f.MergeWorkflows([]Workflow{}, today, Limits{}); r.Workflows != 0 || r.Changed() || r.Items != nil {
			t.Errorf("%+v", r)
		}
		if encode(t, f) != string(sample(t, "patterns_v1.json")) {
			t.Error("it changed something")
		}
	})
	t.Run("41 v2 with workflows", func(t *testing.T) {
		f := New()
		w := Workflow{ID: "w", Description: "d", Domain: "a.com", LastSuccess: "2026-01-30", Steps: []Step{{"s", "r", "a"}, {"t", "u", "v"}}}
		f.Put("a.com", "x", Entry{})
		f.PutWorkflow("a.com", w)
		f = decode(t, encode(t, f))
		if got := maps.Collect(f.Workflows("a.com")); f.Version() != 2 || len(got) != 1 || !got["w"].equal(w) {
			t.Errorf("version %d: %+v", f.Version(), got)
		}
	})
	t.Run("42 v1 without workflows", func(t *testing.T) {
		f := decode(t, string(sample(t, "patterns_v1.json")))
		if f.WorkflowDomains() != nil || f.Version() != 1 || f.Shape() != V1 {
			t.Errorf("%q, version %d, %v", f.WorkflowDomains(), f.Version(), f.Shape())
		}
	})
	t.Run("40, 43, 44 merge workflows adds and updates", func(t *testing.T) {
		f := New()
		list := []Workflow{{ID: "w", Description: "first", Domain: "a.com", Steps: []Step{{"s", "r", "a"}}}}
		if r := f.MergeWorkflows(list, today, Limits{}); r.Workflows != 1 || r.Items[0].Outcome != Added {
			t.Errorf("%+v", r)
		}
		if list[0].LastSuccess != "" {
			t.Error("the caller's list was changed")
		}
		list[0].Description, list[0].Steps = "second", []Step{{"s", "r", "a"}, {"t", "u", "v"}}
		if r := f.MergeWorkflows(list, today, Limits{}); r.Workflows != 1 || r.Items[0].Outcome != Updated {
			t.Errorf("%+v", r)
		}
		w, _ := f.LookupWorkflow("a.com", "w")
		if w.Description != "second" || len(w.Steps) != 2 || w.LastSuccess != today {
			t.Errorf("%+v", w)
		}
	})
}

func wantEntry(t *testing.T, f *File, domain, kind string, want Entry) {
	t.Helper()
	for k, e := range f.Patterns(domain) {
		if k == kind {
			if !e.equal(want) {
				t.Errorf("%s, %s: %+v, want %+v", domain, kind, e, want)
			}
			return
		}
	}
	t.Errorf("%s, %s is not there", domain, kind)
}
