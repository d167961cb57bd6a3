package report

import (
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/outcome"
	"github.com/wholly-go/wholly/audit/rule"
)

// meanings of the states, in the order in which they are explained. Old and
// new need no words: the file is whole.
var meanings = []struct {
	word outcome.Word
	text string
}{
	{outcome.Missing, "no file"},
	{outcome.Empty, "no content"},
	{outcome.Torn, "a part of the content"},
	{outcome.Zeros, "the right size, no content"},
	{outcome.Stale, "the old content, though it was said to be saved"},
}

func good(w outcome.Word) bool { return w == outcome.Old || w == outcome.New }

// states tells what a crash may leave, for a label "kill -9" and for a power
// cut only what it adds.
func states(s *audit.Site, used map[outcome.Word]bool) (kill, power []span) {
	had := map[outcome.Word]bool{}
	for _, st := range s.States.Kill {
		kill = add(kill, spot(s, st), used, st.Word)
		had[st.Word] = true
	}
	var more []span
	for _, st := range s.States.Power {
		if !had[st.Word] {
			more = add(more, spot(s, outcome.State{Word: st.Word}), used, st.Word)
		}
	}
	if more == nil {
		return kill, []span{say("the same")}
	}
	return kill, append([]span{say("also ")}, more...)
}

func add(list, st []span, used map[outcome.Word]bool, w outcome.Word) []span {
	used[w] = true
	if len(list) > 0 {
		list = append(list, say(", "))
	}
	return append(list, st...)
}

// returned tells what a power cut may leave once the write has returned, of
// findings that are about that.
func returned(f *audit.Finding, used map[outcome.Word]bool) (list []span) {
	r := rule.Named(f.Rule)
	if r == nil || r.Harm != rule.Power && r.Harm != rule.Undone {
		return nil
	}
	for _, st := range f.Site.States.After {
		list = add(list, spot(f.Site, outcome.State{Word: st.Word}), used, st.Word)
	}
	if list == nil {
		return nil
	}
	return append(list, say(", by a power cut after the save"))
}

// spot is one word, with the lines between which the crash must fall where
// that is not the site itself.
func spot(s *audit.Site, st outcome.State) []span {
	if good(st.Word) {
		return []span{{string(st.Word), green}}
	}
	out := []span{{strings.ToUpper(string(st.Word)), red}}
	if st.From == 0 {
		return out
	}
	if from, to := st.From, until(s, st.To); to != from || to != s.Line {
		out = append(out, say(" at "+where(s, from)+lines(from, max(from, to))))
	}
	return out
}

// where is the file of a step's line, "" for the site's own.
func where(s *audit.Site, line int) string {
	file := ""
	for _, st := range s.Steps {
		switch {
		case st.Line != line:
		case st.File == s.File:
			return ""
		case file == "":
			file = harmless(near(s.File, st.File)) + ":"
		}
	}
	return file
}

// until is the line of the step that ends a state which line still shows.
func until(s *audit.Site, line int) int {
	last := -1
	for i, st := range s.Steps {
		if st.Line == line && !st.Late && st.File == s.File {
			last = i
		}
	}
	for _, st := range s.Steps[last+1:] {
		if last >= 0 && !st.Late && st.File == s.File && st.Line >= line {
			return st.Line
		}
	}
	return line
}
