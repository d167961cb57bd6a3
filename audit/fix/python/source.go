package python

import (
	"bytes"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// source is one Python file, parsed whole.
type source struct {
	*page.Page
	path    string
	imports map[string]string // a name of the file: what it was imported as, dotted
	bound   map[string]bool   // names that the file binds in other ways
}

// read parses text. A source with a part that is not Python is an error.
func read(path string, text []byte) (*source, error) {
	p, err := page.Read(grammar.Python, text, "")
	if err != nil {
		return nil, err
	}
	for n := range p.Root.All() {
		if !begins(text, n) {
			return nil, p.Unknown(n)
		}
	}
	s := &source{Page: p, path: path, imports: map[string]string{}, bound: map[string]bool{}}
	s.names()
	return s, nil
}

// begins reports whether a statement begins where one can: the grammar takes
// two that nothing separates.
func begins(text []byte, n *grammar.Node) bool {
	if !n.Parent.Is("module", "block") || n.Is("comment") {
		return true
	}
	line := text[1+bytes.LastIndexByte(text[:n.Start], '\n') : n.Start]
	line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")))
	return len(line) == 0 || line[len(line)-1] == ';' || line[len(line)-1] == ':' || line[len(line)-1] == '\\'
}

// names notes what the names of the file mean.
func (s *source) names() {
	for n := range s.Root.All() {
		switch n.Kind {
		case "import_statement":
			for _, k := range n.Kids {
				s.imported(k, "")
			}
		case "import_from_statement":
			from := s.Str(n.Get("module_name"))
			for _, k := range n.Kids {
				if k.Field == "name" {
					s.imported(k, from+".")
				}
			}
		case "function_definition", "class_definition":
			s.bound[s.Str(n.Get("name"))] = true
		case "assignment", "named_expression":
			for m := range n.Kids[0].All() {
				if m.Is("identifier") && !m.Parent.Is("attribute", "subscript") {
					s.bound[s.Str(m)] = true
				}
			}
		}
	}
}

func (s *source) imported(n *grammar.Node, from string) {
	if n.Is("aliased_import") {
		s.imports[s.Str(n.Get("alias"))] = from + s.Str(n.Get("name"))
		return
	}
	name := s.Str(n)
	if from == "" {
		first, _, _ := strings.Cut(name, ".")
		s.imports[first] = first
		return
	}
	s.imports[name] = from + name
}

// resolve returns what a function or module expression means, dotted:
// "os.replace", "open" for the builtin, "" if it is none of either.
func (s *source) resolve(n *grammar.Node) string {
	switch {
	case n.Is("identifier"):
		name := s.Str(n)
		if full, ok := s.imports[name]; ok {
			return full
		}
		if !s.bound[name] && (name == "open" || name == "print") {
			return name
		}
	case n.Is("attribute"):
		if in := s.resolve(n.Get("object")); in != "" {
			return in + "." + s.Str(n.Get("attribute"))
		}
	}
	return ""
}

// uses reports whether the file imports a module, or something from it.
func (s *source) uses(module string) bool {
	for _, full := range s.imports {
		if full == module || strings.HasPrefix(full, module+".") {
			return true
		}
	}
	return false
}

// call returns the call at a span, nil if there is none there.
func (s *source) call(at effect.Span) *grammar.Node {
	for n := range s.Root.All() {
		if n.Is("call") && n.Start == at.Start && n.End == at.End {
			return n
		}
	}
	return nil
}

// statement is the statement that n stands in, directly in a block.
func statement(n *grammar.Node) *grammar.Node {
	for n != nil && n.Parent != nil && !n.Parent.Is("block", "module") {
		n = n.Parent
	}
	return n
}

// expression returns what a statement is, if it is nothing but an expression.
func expression(st *grammar.Node) *grammar.Node {
	if st.Is("expression_statement") && len(st.Kids) == 1 {
		return st.Kids[0]
	}
	return nil
}

// function is the innermost function around n, or the module.
func function(n *grammar.Node) *grammar.Node {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Is("function_definition", "module") {
			return p
		}
	}
	return n
}

func (s *source) async(n *grammar.Node) bool {
	return n != nil && bytes.HasPrefix(s.Text[n.Start:n.End], []byte("async"))
}

// named yields the places in n where a variable is meant.
func (s *source) named(n *grammar.Node, name string) []*grammar.Node {
	var at []*grammar.Node
	for m := range n.All() {
		if m.Is("identifier") && s.Str(m) == name && !(m.Parent.Is("attribute") && m.Field == "attribute") &&
			!(m.Parent.Is("keyword_argument") && m.Field == "name") {
			at = append(at, m)
		}
	}
	return at
}

// bare is an expression without the brackets around it.
func (s *source) bare(n *grammar.Node) string {
	if n.Is("parenthesized_expression") && len(n.Kids) == 1 && !n.Kids[0].Is("generator_expression", "yield", "named_expression") {
		return s.Str(n.Kids[0])
	}
	return s.Str(n)
}

// constant returns the text of a plain string.
func (s *source) constant(n *grammar.Node) (string, bool) {
	if !n.Is("string") {
		return "", false
	}
	text := s.Str(n)
	for _, q := range []string{`"`, `'`} {
		if in, ok := strings.CutPrefix(text, q); ok && strings.HasSuffix(in, q) && !strings.ContainsAny(in[:len(in)-1], `\"'`) {
			return in[:len(in)-1], true
		}
	}
	return "", false
}

// arguments are those of a call.
type arguments struct {
	list  *grammar.Node
	pos   []*grammar.Node
	named map[string]*grammar.Node // the keyword_argument
	stars bool
}

func (s *source) arguments(call *grammar.Node) arguments {
	a := arguments{list: call.Get("arguments"), named: map[string]*grammar.Node{}}
	if a.list.Is("generator_expression") {
		a.stars = true
		return a
	}
	for _, k := range a.list.Kids {
		switch {
		case k.Is("comment"):
		case k.Is("keyword_argument"):
			a.named[s.Str(k.Get("name"))] = k
		case k.Is("list_splat", "dictionary_splat"):
			a.stars = true
		default:
			a.pos = append(a.pos, k)
		}
	}
	return a
}

// value returns an argument by position or name, nil if it is not given.
func (a arguments) value(at int, name string) *grammar.Node {
	if at >= 0 && at < len(a.pos) {
		return a.pos[at]
	}
	return a.named[name].Get("value")
}

// only reports whether no argument has another name than these.
func (a arguments) only(names ...string) bool {
	for name := range a.named {
		if !slices.Contains(names, name) {
			return false
		}
	}
	return true
}

// last is the end of the last argument.
func (a arguments) last() int {
	for i := len(a.list.Kids) - 1; i >= 0; i-- {
		if !a.list.Kids[i].Is("comment") {
			return a.list.Kids[i].End
		}
	}
	return a.list.Start + 1
}
