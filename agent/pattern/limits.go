package pattern

import (
	"cmp"
	"slices"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Limits keep a document from growing without end. Zero means no limit.
type Limits struct {
	Text      int // bytes of text in one new entry or workflow; a longer one is skipped
	Patterns  int // entries in the file; the oldest last_success goes first
	Workflows int // workflows in the file, likewise
}

func (l Limits) tooLong(texts ...string) bool {
	size := 0
	for _, s := range texts {
		size += len(s)
	}
	return l.Text > 0 && size > l.Text
}

// Prune removes what is over the limits of number: what never succeeded first,
// then the oldest last_success, of equal ones the first in the file. It returns
// what it removed.
func (f *File) Prune(limits Limits) []Item {
	m := merger{file: f, limits: limits}
	f.mu.Lock()
	defer f.mu.Unlock()
	m.prune()
	return m.result.Items
}

func (m *merger) prune() {
	m.pruneTo(m.limits.Patterns, patternsKey)
	m.pruneTo(m.limits.Workflows, workflowsKey)
}

type aged struct{ domain, name, lastSuccess string }

func (m *merger) pruneTo(most int, section string) {
	if most <= 0 {
		return
	}
	all := ages(m.file.root.Get(section))
	over := len(all) - most
	if over <= 0 {
		return
	}
	slices.SortStableFunc(all, func(a, b aged) int { return cmp.Compare(a.lastSuccess, b.lastSuccess) })
	for _, a := range all[:over] {
		m.result.Items = append(m.result.Items, Item{
			Workflow: section == workflowsKey, Domain: a.domain, Name: a.name,
			Outcome: Pruned, Why: "more than the limit, and the oldest",
		})
	}
	m.file.removeAll(section, all[:over])
}

func ages(section *lossless.Node) []aged {
	var all []aged
	for domain, byName := range section.Peek().Members() {
		for name, n := range byName.Peek().Members() {
			last, _ := n.Peek().Get("last_success").Str()
			all = append(all, aged{domain, name, last})
		}
	}
	return all
}
