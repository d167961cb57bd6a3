package script

import (
	"maps"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/flow"
	"github.com/wholly-go/wholly/audit/grammar"
)

func either(a, b *effect.Value) *effect.Value { return flow.Either(a, b) }

func (w *work) loop(n *grammar.Node) {
	before := maps.Clone(w.env)
	if init := n.Get("initializer"); init != nil {
		w.statement(init)
	}
	if right := n.Get("right"); right != nil {
		w.eval(right)
		w.bind(n.Get("left"), effect.NewUnknown(w.r.site(n.Get("left"))))
	}
	w.within(effect.Region{Kind: effect.Loop}, n, func() {
		w.cond(n.Get("condition"))
		w.way1(n.Get("body"))
		if inc := n.Get("increment"); inc != nil {
			w.eval(inc)
		}
	})
	w.join(before, w.env)
}

// way1 reads a statement that need not be a block.
func (w *work) way1(n *grammar.Node) bool {
	if n == nil {
		return false
	}
	return w.statement(n)
}

func (w *work) switches(n *grammar.Node) {
	w.eval(n.Get("value"))
	ways := []flow.Env{maps.Clone(w.env)}
	if body := n.Get("body"); body != nil {
		for _, k := range body.Kids {
			w.within(effect.Region{Kind: effect.Branch}, k, func() {
				ways = append(ways, w.branch(func() bool {
					for _, s := range k.Kids {
						if s.Field != "value" && w.statement(s) {
							return !s.Is("break_statement")
						}
					}
					return false
				}))
			})
		}
	}
	w.join(ways...)
}
