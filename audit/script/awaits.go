package script

import "github.com/wholly-go/wholly/audit/grammar"

// awaits puts an await where it belongs. The grammar reads "await f<T>(x)" as a
// call of "await f", and so on up a chain of methods: afterwards it is an await
// of the whole.
func awaits(n *grammar.Node) {
	for i := 0; i < len(n.Kids); i++ {
		if low := misread(n.Kids[i]); low != nil {
			n.Kids[i] = around(n.Kids[i], low)
		}
		awaits(n.Kids[i])
	}
}

// misread returns the await that a call, or a chain of them, ends in as if it
// were the name of what is called; nil if there is none.
func misread(n *grammar.Node) *grammar.Node {
	for call := false; ; {
		switch {
		case n.Is("call_expression"):
			n, call = n.Get("function"), true
		case n.Is("member_expression", "subscript_expression"):
			n, call = n.Get("object"), false
		case n.Is("non_null_expression"):
			n = n.Only()
		case n.Is("await_expression") && call && n.Only() != nil:
			return n
		default:
			return nil
		}
	}
}

// around takes the await low out of the chain top and puts it around it.
func around(top, low *grammar.Node) *grammar.Node {
	inner := low.Only()
	inner.Field, inner.Parent = low.Field, low.Parent
	for i, k := range low.Parent.Kids {
		if k == low {
			low.Parent.Kids[i] = inner
		}
	}
	low.Field, low.Parent, low.End = top.Field, top.Parent, top.End
	for n := inner.Parent; ; n = n.Parent {
		n.Start = inner.Start
		if n == top {
			break
		}
	}
	top.Field, top.Parent, low.Kids = "", low, []*grammar.Node{top}
	return low
}
