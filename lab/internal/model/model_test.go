package model

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wholly-go/wholly/crash"
	"github.com/wholly-go/wholly/lab/internal/mark"
	"github.com/wholly-go/wholly/lab/internal/play"
)

// controls are all outcomes that the model must allow for each, and no more.
var controls = map[string]string{
	"control-in-place":    "empty, zeros, torn",
	"control-bak":         "missing, empty, zeros, torn, acknowledged but lost",
	"control-bak-sync":    "missing, acknowledged but lost",
	"control-rename":      "empty, zeros, torn, acknowledged but lost",
	"control-sync-rename": "acknowledged but lost",
	"control-rename-sync": "empty, zeros, torn",
	"control-textbook":    "",
}

// TestPlays: the model finds the classic mistakes guilty of exactly what they
// do, and ours, as the textbook, of nothing.
func TestPlays(t *testing.T) {
	for _, p := range play.All() {
		if !p.Model {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			a, err := Outcomes(p)
			if err != nil {
				t.Fatal(err)
			}
			if t.Logf("%d disks, %d different ones looked at", a.Disks, a.Looked); a.Cut {
				t.Error("not all disks were looked at: fewer commits, or a higher limit, would do that")
			}
			var got []string
			for _, o := range a.Outcomes() {
				got = append(got, o.String())
			}
			if want := controls[p.Name]; strings.Join(got, ", ") != want {
				t.Errorf("the model allows %q, want %q", strings.Join(got, ", "), want)
				for o, story := range a.Bad {
					if p.Group == play.Ours {
						t.Errorf("%v: %s", o, story)
					}
				}
			}
			for _, o := range p.Expect {
				if _, ok := a.Bad[o]; !ok {
					t.Errorf("the lab expects %v, which the model does not allow", o)
				}
			}
		})
	}
}

func ExampleOutcomes() {
	p, _ := play.Find("control-sync-rename")
	a, err := Outcomes(p)
	fmt.Println(a.Outcomes(), err)
	// Output: [acknowledged but lost] <nil>
}

// TestEverySyncIsNeeded: with one sync, rename or link of ours taken away the
// judge finds something wrong, or the play itself does. So a clean play is not
// one that nobody looked at.
func TestEverySyncIsNeeded(t *testing.T) {
	for _, p := range play.All() {
		if !p.Model || p.Group != play.Ours {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			for _, c := range calls(t, p) {
				if !caught(p, c) {
					t.Errorf("%s %d is taken away, and nothing is wrong", c.kind, c.n)
				}
			}
		})
	}
}

// call is the n-th of its kind, from 0.
type call struct {
	kind string
	n    int
}

// calls are those that a whole play makes and must make. The rename by which
// the oldest version steps aside, until another has its place, is not one: it
// only keeps that version for longer than was promised.
func calls(t *testing.T, p play.Play) (needed []call) {
	r := newRecording(p)
	if err := r.record(); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{"sync": 0, "dirsync": 0, "rename": 0, "renamenew": 0, "link": 0}
	aside := fmt.Sprintf(".bak.%d", p.Rules.Keep+1)
	for _, op := range r.disk.Ops() {
		n, counts := seen[op.Kind]
		if !counts {
			continue
		}
		seen[op.Kind]++
		if !strings.HasSuffix(op.To, aside) {
			needed = append(needed, call{op.Kind, n})
		}
	}
	return needed
}

// caught reports whether the call is missed.
func caught(p play.Play, c call) bool {
	r := newRecording(p)
	seen := -1
	if err := p.Prepare(r.stage(0)); err != nil {
		return false
	}
	r.disk.Reset()
	r.before = len(r.marks)
	r.disk.Skip = func(op crash.Op) bool {
		if op.Kind != c.kind {
			return false
		}
		seen++
		return seen == c.n
	}
	if err := p.Run(r.stage(0)); err != nil {
		return true
	}
	r.disk.Skip = nil
	for _, v := range r.verdicts(&Allowed{}) {
		if len(v.bad) > 0 {
			return true
		}
	}
	return false
}

// TestCalls: what a play says about its calls is what its last save does.
func TestCalls(t *testing.T) {
	letters := map[string]string{"sync": "F", "rename": "R", "renamenew": "R", "link": "L", "dirsync": "D"}
	for _, p := range play.All() {
		if !p.Model {
			continue
		}
		r := newRecording(p)
		if err := r.record(); err != nil {
			t.Fatal(err)
		}
		var calls []string
		for _, op := range r.disk.Ops() {
			if l, ok := letters[op.Kind]; ok {
				calls = append(calls, l)
			}
			if op.Kind == "begin" && r.marks[op.Mark-1].Verb == mark.Begin {
				calls = nil
			}
		}
		if got := strings.Join(calls, " "); got != p.Calls {
			t.Errorf("%s says %q and does %q", p.Name, p.Calls, got)
		}
	}
}
