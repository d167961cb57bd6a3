package pattern

import (
	"fmt"
	"iter"
	"slices"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// rule checks a value and keeps nothing of it taken apart. Of a key that stands
// twice the last value counts: the exact way sees that one only, at the price of
// memory, the other way all of them.
type rule func(n *lossless.Node, exact bool) *flaw

func parts(n *lossless.Node, exact bool) iter.Seq2[string, *lossless.Node] {
	if exact {
		return n.Peek().Members()
	}
	return n.Each()
}

// check finds the first flaw of a document.
func check(root *lossless.Node) *flaw {
	if fileRule(root, false) == nil {
		return nil
	}
	return fileRule(root, true) // it may lie in a value that does not count
}

// The models of the original. Keys that they do not name are let pass.
var (
	entryRule = objectOf(
		field{"actions", arrayOf(textRule), true},
		field{"last_success", textOrNull, false},
		field{"success", boolRule, false},
	)
	stepRule = objectOf(
		field{"environment_state", textRule, true},
		field{"reasoning", textRule, true},
		field{"action", textRule, true},
	)
	workflowRule = objectOf(
		field{"id", textRule, true},
		field{"description", textRule, true},
		field{"steps", arrayOf(stepRule), true},
		field{"domain", textRule, false},
		field{"last_success", textOrNull, false},
		field{"success", boolRule, false},
	)
	fileRule = objectOf(
		field{"version", intRule, false},
		field{patternsKey, mapOf(mapOf(entryRule)), false},
		field{workflowsKey, mapOf(mapOf(workflowRule)), false},
	)
)

// The two maps of the file.
const (
	patternsKey  = "patterns"
	workflowsKey = "workflows"
)

type field struct {
	key      string
	rule     rule
	required bool
}

// flaw is what is wrong with a value. The keys that lead to it are put in front
// on the way up, so that a document without a flaw pays for none.
type flaw struct {
	offset int
	msg    string
	steps  []step // the innermost first
}

type step struct {
	key   string
	index int // where key does not count; -1 where it does
}

func flawf(n *lossless.Node, format string, args ...any) *flaw {
	return &flaw{offset: n.Offset(), msg: fmt.Sprintf(format, args...)}
}

func unwanted(n *lossless.Node, wanted string) *flaw {
	return flawf(n, "%s is wanted here, not %s", wanted, n.Kind())
}

func (f *flaw) path() string {
	path := ""
	for _, s := range slices.Backward(f.steps) {
		if s.index < 0 {
			path = lossless.Join(path, s.key)
		} else {
			path = lossless.Index(path, s.index)
		}
	}
	return path
}

func mapOf(inner rule) rule {
	return func(n *lossless.Node, exact bool) *flaw {
		if n.Kind() != lossless.Object {
			return unwanted(n, "an object")
		}
		for key, v := range parts(n, exact) {
			if f := inner(v, exact); f != nil {
				f.steps = append(f.steps, step{key, -1})
				return f
			}
		}
		return nil
	}
}

func arrayOf(inner rule) rule {
	return func(n *lossless.Node, exact bool) *flaw {
		if n.Kind() != lossless.Array {
			return unwanted(n, "an array")
		}
		i := 0
		for _, v := range n.Each() {
			if f := inner(v, exact); f != nil {
				f.steps = append(f.steps, step{"", i})
				return f
			}
			i++
		}
		return nil
	}
}

func objectOf(fields ...field) rule {
	return func(n *lossless.Node, exact bool) *flaw {
		if n.Kind() != lossless.Object {
			return unwanted(n, "an object")
		}
		seen := 0 // a bit for each field
		for key, v := range parts(n, exact) {
			i := slices.IndexFunc(fields, func(f field) bool { return f.key == key })
			if i < 0 {
				continue
			}
			seen |= 1 << i
			if f := fields[i].rule(v, exact); f != nil {
				f.steps = append(f.steps, step{key, -1})
				return f
			}
		}
		for i, f := range fields {
			if f.required && seen&(1<<i) == 0 {
				return flawf(n, "%s is missing", f.key)
			}
		}
		return nil
	}
}

func textRule(n *lossless.Node, _ bool) *flaw {
	if n.Kind() != lossless.String {
		return unwanted(n, "a string")
	}
	return nil
}

func textOrNull(n *lossless.Node, _ bool) *flaw {
	if k := n.Kind(); k != lossless.String && k != lossless.Null {
		return unwanted(n, "a string or null")
	}
	return nil
}

func intRule(n *lossless.Node, _ bool) *flaw {
	if _, ok := laxInt(n); !ok {
		return odd(n, "a whole number")
	}
	return nil
}

func boolRule(n *lossless.Node, _ bool) *flaw {
	if _, ok := laxBool(n); !ok {
		return odd(n, "a boolean")
	}
	return nil
}

// odd is unwanted for a value whose kind alone does not tell why.
func odd(n *lossless.Node, wanted string) *flaw {
	const most = 40
	if k := n.Kind(); k != lossless.Number && k != lossless.String {
		return unwanted(n, wanted)
	}
	text := string(n.Append(nil, lossless.OneLine))
	if len(text) > most {
		text = text[:most] + "…"
	}
	return flawf(n, "%s is wanted here, not %s", wanted, text)
}
