package script

import "github.com/wholly-go/wholly/audit/grammar"

// block reads statements in order; ended says that nothing runs after them.
func (w *work) block(n *grammar.Node) (ended bool) {
	if n == nil {
		return false
	}
	up := w.in
	defer func() { w.in = up }()
	w.hoist(n)
	for _, k := range n.Kids {
		if w.statement(k) {
			return true
		}
	}
	return false
}

// hoist names the functions of a block before its first statement runs.
func (w *work) hoist(n *grammar.Node) {
	if w.f.Name == "" {
		return
	}
	for _, k := range n.Kids {
		if k.Is("function_declaration", "generator_function_declaration") {
			w.names[w.r.text(k.Get("name"))] = w.f.ID + "." + w.r.text(k.Get("name"))
		}
	}
}

func (w *work) statement(n *grammar.Node) (ended bool) {
	switch n.Kind {
	case "expression_statement":
		w.eval(n.Only())
		return w.quits(n.Only())
	case "lexical_declaration", "variable_declaration":
		for _, k := range n.Kids {
			if k.Is("variable_declarator") {
				w.declarator(k)
			}
		}
	case "return_statement":
		v := w.eval(n.Only())
		if w.once == 0 && n.Only() != nil {
			w.given = append(w.given, v)
		}
		return true
	case "throw_statement", "break_statement", "continue_statement":
		w.all(n)
		return true
	case "if_statement":
		return w.ifs(n)
	case "for_statement", "for_in_statement", "while_statement", "do_statement":
		w.loop(n)
	case "try_statement":
		return w.try(n)
	case "statement_block":
		return w.block(n)
	case "switch_statement":
		w.switches(n)
	case "export_statement":
		if d := n.Get("declaration"); d != nil {
			return w.statement(d)
		}
		if v := n.Get("value"); v != nil {
			w.defaultExport(v)
		}
	case "function_declaration", "generator_function_declaration":
		w.function(n, w.r.text(n.Get("name")))
	case "class_declaration", "abstract_class_declaration":
		w.classBody(n, w.r.text(n.Get("name")))
	case "enum_declaration":
		w.enum(n)
	case "comment", "import_statement", "empty_statement", "interface_declaration", "type_alias_declaration":
	default:
		w.all(n)
	}
	return false
}

func (w *work) defaultExport(v *grammar.Node) {
	if isFunc(v) {
		w.function(v, "default")
		return
	}
	if o := w.r.frozen(v); o.Is("object") {
		w.object(o, "default")
		return
	}
	w.eval(v)
}

func (w *work) all(n *grammar.Node) {
	for _, k := range n.Kids {
		if k.Is("statement_block") || k.Is("expression_statement") {
			w.statement(k)
		} else {
			w.eval(k)
		}
	}
}

func (w *work) quits(n *grammar.Node) bool {
	return n.Is("call_expression") && w.dotted(n.Get("function")) == "process.exit"
}
