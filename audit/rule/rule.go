// Package rule holds the rules, one a file: its name, what it says, examples
// and code. The catalogue in the documentation is printed from them.
package rule

import (
	"fmt"
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/weigh"
)

// Harm says what kind of misfortune a rule is about.
type Harm int

// The harms.
const (
	Lost   Harm = iota + 1 // the end of the program alone can lose or tear it
	Power                  // only a power cut can
	Undone                 // a power cut can undo a write that was acknowledged
	Raced                  // two writers, or another user, can
	Untidy                 // nothing of the above
)

// Severity of a finding.
type Severity int

// The severities.
const (
	Info Severity = iota
	Low
	Medium
	High
)

func (s Severity) String() string { return [...]string{"info", "low", "medium", "high"}[s] }

// ParseSeverity is the reverse of String; ok is false for other words.
func ParseSeverity(word string) (s Severity, ok bool) {
	for s := Info; s <= High; s++ {
		if s.String() == word {
			return s, true
		}
	}
	return 0, false
}

// table is severity by harm, for passing, kept, used and precious files.
var table = map[Harm][4]Severity{
	Lost:   {Info, Low, Medium, High},
	Power:  {Info, Low, Low, Medium},
	Undone: {Info, Info, Info, Low},
	Raced:  {Info, Low, Medium, Medium},
	Untidy: {Info, Info, Low, Low},
}

// Example is one language's bad and good way.
type Example struct {
	Language  effect.Language
	Bad, Good string
}

// A Rule is one check.
type Rule struct {
	Name     string
	Section  string
	Harm     Harm
	AtMost   Severity // a cap; High: none
	Title    string   // one line: what is wrong
	Reason   string   // why it matters, what a crash leaves
	Kill     string   // what a kill can leave of the file, in the bad examples
	Power    string   // what a power cut can
	Advice   string   // what to do
	Examples []Example

	delegated bool // it also blames callers of a good writer

	find func(*Look) (effect.Span, string, bool)
}

// Look is what a rule looks at: one place, what it weighs, and the rest.
type Look struct {
	*protocol.Place
	Weight *weigh.Weight
	Tree   *Tree
}

// Finding is a place and a rule that it breaks.
type Finding struct {
	Rule     *Rule
	Severity Severity
	At       effect.Span // the place, or the line that decides
	Message  string
}

// Find returns what all rules say about a place, worst first.
func Find(l *Look) []Finding {
	var found []Finding
	for _, r := range All() {
		if skipped(l.Place) && !(r.delegated && l.Writer.Good()) {
			continue
		}
		at, msg, ok := r.find(l)
		if !ok {
			continue
		}
		if at.Line == 0 {
			at = l.Line
		}
		found = append(found, Finding{Rule: r, Severity: r.severity(l), At: at, Message: msg})
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return int(b.Severity) - int(a.Severity) })
	return found
}

// skipped names what is listed but never blamed.
func skipped(p *protocol.Place) bool {
	switch p.Verdict {
	case protocol.Device, protocol.Transactional, protocol.UnknownVerdict:
		return true
	case protocol.Delegated:
		return true
	}
	return false
}

// severity follows the table, the rule's cap, and the law that nothing above
// low rests on no evidence.
func (r *Rule) severity(l *Look) Severity {
	s := min(table[r.Harm][l.Weight.Importance], r.AtMost)
	if s > Low && (len(l.Weight.Evidence) == 0 || l.Facts.Unsure) {
		s = Low
	}
	return s
}

// Worst is the highest severity that the rule can have.
func (r *Rule) Worst() Severity { return min(table[r.Harm][weigh.Precious], r.AtMost) }

// Named returns the rule of this name, or nil.
func Named(name string) *Rule {
	for _, r := range All() {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// All returns the rules in the order of the catalogue.
func All() []*Rule { return rules }

// place names a line, with its file where that is not the place's own.
func place(l *Look, at effect.Span) string {
	if at.File == l.Line.File {
		return fmt.Sprintf("line %d", at.Line)
	}
	return fmt.Sprintf("%s:%d", at.File, at.Line)
}

func lines(from, to effect.Span) string {
	if from.Line == to.Line {
		return fmt.Sprintf("on line %d", from.Line)
	}
	return fmt.Sprintf("between lines %d and %d", from.Line, to.Line)
}
