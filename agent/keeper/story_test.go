package keeper

import (
	"testing"
	"time"
)

// What one tab has told is an echo of the other, in order; a tab that came later,
// or tells the same much later, tells news.
func TestStory(t *testing.T) {
	start := time.Now()
	a, b, late := &tab{since: start}, &tab{since: start}, &tab{since: start.Add(5 * time.Second)}
	set := func(v string) change { return change{key: "k", entry: entry{v, true}} }
	gone := change{key: "k"}
	for _, row := range []struct {
		name  string
		tells []telling
		news  string // a letter for each telling: n is news, e an echo
	}{
		{"one tab alone", []telling{{set("1"), a, start}, {set("2"), a, start}, {set("1"), a, start}}, "nnn"},
		{"an echo in order", []telling{{set("1"), a, start}, {set("2"), a, start}, {set("1"), b, start}, {set("2"), b, start}}, "nnee"},
		{"there and back", []telling{{set("1"), a, start}, {gone, a, start}, {set("1"), a, start}, {set("1"), b, start}, {gone, b, start}, {set("1"), b, start}, {gone, b, start}}, "nnneeen"},
		{"each is ahead once", []telling{{set("1"), a, start}, {set("1"), b, start}, {set("2"), b, start}, {set("2"), a, start}, {set("3"), a, start}}, "nenen"},
		{"one is missed", []telling{{set("1"), a, start}, {set("2"), a, start}, {set("2"), b, start}, {set("1"), b, start}}, "nnen"},
		{"all goes", []telling{{change{everything: true}, a, start}, {change{everything: true}, b, start}, {change{everything: true}, b, start}}, "nen"},
		{"who came later", []telling{{set("1"), a, start}, {set("1"), late, start.Add(6 * time.Second)}}, "nn"},
		{"much later", []telling{{set("1"), a, start}, {set("1"), b, start.Add(time.Minute)}}, "nn"},
	} {
		s := story{next: make(map[*tab]int)}
		got := ""
		for _, x := range row.tells {
			got += map[bool]string{true: "n", false: "e"}[s.news(x.by, x.change, x.at.Add(time.Millisecond))]
		}
		if got != row.news {
			t.Errorf("%s: %s, want %s", row.name, got, row.news)
		}
	}
}

// A story that one tab goes on telling stays small.
func TestStoryIsForgotten(t *testing.T) {
	a, now := &tab{}, time.Now()
	s := story{next: make(map[*tab]int)}
	for range 10 * storyMost {
		now = now.Add(time.Millisecond)
		s.news(a, change{key: "k"}, now)
	}
	if len(s.told) > storyMost+1 {
		t.Errorf("%d tellings are kept", len(s.told))
	}
}
