package change_test

import (
	"slices"
	"testing"

	"github.com/wholly-go/wholly/audit"
)

func TestKeepAsksTheWholeSite(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", numbered(20, nil))
	r.write("b.go", numbered(20, nil))
	r.commit("base")
	r.write("a.go", numbered(20, map[int]string{5: "y\n", 12: ""}))
	l := r.since(".", "HEAD")
	step := func(file string, line int) audit.Step { return audit.Step{File: file, Line: line} }
	for _, test := range []struct {
		name  string
		f     audit.Finding
		steps []audit.Step
		kept  bool
	}{
		{"the site", audit.Finding{File: "a.go", Line: 5, At: 5}, nil, true},
		{"the line that decides", audit.Finding{File: "a.go", Line: 1, At: 5}, nil, true},
		{"it decides in another file", audit.Finding{File: "b.go", Line: 1, At: 5, AtFile: "a.go"}, nil, true},
		{"the other file has another line 5", audit.Finding{File: "a.go", Line: 1, At: 5, AtFile: "b.go"}, nil, false},
		{"a step", audit.Finding{File: "b.go", Line: 1, At: 1}, []audit.Step{step("b.go", 1), step("a.go", 5)}, true},
		{"no step", audit.Finding{File: "a.go", Line: 6, At: 6}, []audit.Step{step("a.go", 6), step("a.go", 7)}, false},
		{"changed between steps only", audit.Finding{File: "a.go", Line: 4, At: 4}, []audit.Step{step("a.go", 4), step("a.go", 6)}, false},
		{"gone between steps", audit.Finding{File: "a.go", Line: 8, At: 8}, []audit.Step{step("a.go", 8), step("a.go", 15)}, true},
		{"gone after the steps", audit.Finding{File: "a.go", Line: 8, At: 8}, []audit.Step{step("a.go", 8), step("a.go", 10)}, false},
	} {
		f := test.f
		if test.steps != nil {
			f.Site = &audit.Site{File: f.File, Line: f.Line, Steps: test.steps}
		}
		res := &audit.Result{Findings: []*audit.Finding{&f}}
		l.Keep(res)
		if kept := len(res.Findings) == 1; kept != test.kept {
			t.Errorf("%s: kept %v, want %v", test.name, kept, test.kept)
		}
	}
}

// What is left of a site is led by the worst of it.
func TestKeepLetsTheRestLead(t *testing.T) {
	r := newRepo(t)
	r.write("a.go", numbered(20, nil))
	r.commit("base")
	r.write("a.go", numbered(20, map[int]string{5: "y\n"}))
	res := &audit.Result{Findings: []*audit.Finding{
		{Rule: "one", File: "a.go", Line: 1, At: 1, Leads: true, Also: []string{"two", "three"}},
		{Rule: "two", File: "a.go", Line: 1, At: 5},
		{Rule: "three", File: "a.go", Line: 1, At: 5},
	}}
	r.since(".", "HEAD").Keep(res)
	if len(res.Findings) != 2 || !res.Findings[0].Leads || !slices.Equal(res.Findings[0].Also, []string{"three"}) {
		t.Errorf("%+v", res.Findings)
	}
}
