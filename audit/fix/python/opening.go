package python

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// opening is a call that opens a file to write it anew.
type opening struct {
	call   *grammar.Node
	args   arguments
	path   *grammar.Node
	method bool            // p.open(…): the path stands before the call
	mode   string          // "w", "wt" or "wb"
	text   []*grammar.Node // encoding, errors, newline; nil where not given
}

func (o *opening) binary() bool { return strings.Contains(o.mode, "b") }

// opened understands open(…), io.open(…), os.fdopen(…) and p.open(…).
func (d *draft) opened(c *grammar.Node) (*opening, error) {
	o := &opening{call: c, args: d.arguments(c)}
	fn := c.Get("function")
	at := 1
	switch name := d.resolve(fn); {
	case name == "open" || name == "io.open" || name == "os.fdopen":
		for _, word := range []string{"file", "fd"} {
			if o.path = o.args.value(0, word); o.path != nil {
				break
			}
		}
	case name == "aiofiles.open" || name == "anyio.open_file" || name == "trio.open_file":
		o.path = o.args.value(0, "file")
	case name == "" && fn.Is("attribute") && d.Str(fn.Get("attribute")) == "open":
		o.path, o.method, at = fn.Get("object"), true, 0
	default:
		return nil, refuse("%s opens the file in a way of its own, which a plain file would not have", d.Str(fn))
	}
	if o.path == nil || o.args.stars {
		return nil, refuse("its arguments are packed, and cannot be seen")
	}
	if o.path.Is("integer") || strings.HasSuffix(d.Str(o.path), ".fileno()") {
		return nil, refuse("it writes to a file that is open already")
	}
	if err := d.openMode(o, at); err != nil {
		return nil, err
	}
	if !o.args.only("file", "fd", "mode", "buffering", "encoding", "errors", "newline") || len(o.args.pos) > at+5 {
		return nil, refuse("it is opened with arguments that the writer does not take")
	}
	for i, name := range []string{"encoding", "errors", "newline"} {
		o.text = append(o.text, o.args.value(at+2+i, name))
	}
	return o, nil
}

func (d *draft) openMode(o *opening, at int) error {
	node := o.args.value(at, "mode")
	if node == nil {
		return refuse("it is opened to be read")
	}
	mode, ok := d.constant(node)
	if !ok {
		return refuse("the mode is not a constant here")
	}
	if strings.Contains(mode, "+") {
		return refuse("it is opened with mode %q, to be read as well", mode)
	}
	if !slices.Contains([]string{"w", "wt", "wb"}, mode) {
		return refuse("the mode is %q", mode)
	}
	o.mode = mode
	return nil
}

// toAtomic turns the opening into one of atomic_open, on target if it is
// another path than the one that is opened.
func (d *draft) toAtomic(o *opening, target string) {
	name := d.Need("atomic_open")
	if o.method {
		if target == "" {
			target = d.bare(o.path)
		}
		d.head(o.call.Start, o.args.list, name+"("+target+", ")
		return
	}
	fn := o.call.Get("function")
	d.Put(fn.Start, fn.End, name)
	if target != "" {
		d.Put(o.path.Start, o.path.End, target)
	}
	if kw := o.path.Parent; kw.Is("keyword_argument") {
		d.Put(kw.Get("name").Start, kw.Get("name").End, "path")
	}
}

// textArguments are encoding, errors and newline for a call of atomic_write.
func (d *draft) textArguments(o *opening) string {
	out := ""
	for i, name := range []string{"encoding", "errors", "newline"} {
		if o.text[i] != nil {
			out += ", " + name + "=" + d.Str(o.text[i])
		}
	}
	return out
}

// inWith rewrites "with open(path, …) as f:".
func (d *draft) inWith(c *grammar.Node) error {
	st := c.Up("with_statement")
	if d.async(st) {
		return d.asyncWith(c, st)
	}
	o, err := d.opened(c)
	if err != nil {
		return err
	}
	f, err := d.target(c)
	if err != nil {
		return err
	}
	if err := d.onlyWritten(st.Get("body"), f); err != nil {
		return err
	}
	if err := d.leavesAlone(st.Get("body"), d.Str(o.path)); err != nil {
		return err
	}
	if d.nameUsed(st, f) {
		return refuse("the name of the open file, %s.name, is used after the block", f)
	}
	if done, err := d.ownInWith(o, st, f); done || err != nil {
		return err
	}
	d.toAtomic(o, "")
	return d.narrow(st, o.path, o.args, "perm")
}

// target is the variable after "as".
func (d *draft) target(c *grammar.Node) (string, error) {
	as := c.Parent
	if as.Is("await") {
		as = as.Parent
	}
	alias := as.Get("alias").Only()
	if !as.Is("as_pattern") || !alias.Is("identifier") {
		return "", refuse("the open file has no plain name in the with statement")
	}
	return d.Str(alias), nil
}

// nameUsed reports whether f.name is asked for after the with statement.
func (d *draft) nameUsed(st *grammar.Node, f string) bool {
	for _, n := range d.named(function(st), f) {
		if p := n.Parent; n.Start > st.End && p.Is("attribute") && p.Get("object") == n && d.Str(p.Get("attribute")) == "name" {
			return true
		}
	}
	return false
}

// narrow moves a chmod of the same path that follows into the call, so that
// nobody can read the content before it: mode= and perm= are set before.
func (d *draft) narrow(st, path *grammar.Node, args arguments, name string) error {
	rest := page.After(st)
	if len(rest) == 0 {
		return nil
	}
	bits := d.chmodOf(rest[0], d.Str(path))
	if bits == "" {
		return nil
	}
	if err := d.Absorb(rest[0], st); err != nil {
		return nil // it stays, and does no harm
	}
	d.Put(args.last(), args.last(), ", "+name+"="+bits)
	return nil
}

// chmodOf returns the constant mode that a statement gives to path.
func (d *draft) chmodOf(st *grammar.Node, path string) string {
	c := expression(st)
	if !c.Is("call") {
		return ""
	}
	args, fn := d.arguments(c), c.Get("function")
	var on, bits *grammar.Node
	switch {
	case d.resolve(fn) == "os.chmod" && len(args.pos) == 2 && len(args.named) == 0:
		on, bits = args.pos[0], args.pos[1]
	case fn.Is("attribute") && d.Str(fn.Get("attribute")) == "chmod" && len(args.pos) == 1 && len(args.named) == 0:
		on, bits = fn.Get("object"), args.pos[0]
	}
	if on == nil || d.Str(on) != path || !d.permissions(bits) {
		return ""
	}
	return d.Str(bits)
}

// permissions reports whether n is a constant: 0o600, or words of stat.
func (d *draft) permissions(n *grammar.Node) bool {
	switch n.Kind {
	case "integer":
		return true
	case "binary_operator":
		return d.permissions(n.Get("left")) && d.permissions(n.Get("right"))
	}
	return strings.HasPrefix(d.resolve(n), "stat.S_")
}
