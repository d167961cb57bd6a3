package python

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// inPlace rewrites a site that truncates its target and fills it.
func (d *draft) inPlace(c *grammar.Node) error {
	fn := c.Get("function")
	if fn.Is("attribute") && d.resolve(fn) == "" {
		switch d.Str(fn.Get("attribute")) {
		case "write_text", "write_bytes":
			return d.whole(c, fn)
		}
	}
	switch p := c.Parent; {
	case c.Up("with_item") != nil && (p.Is("as_pattern") || p.Is("await") && p.Parent.Is("as_pattern")):
		return d.inWith(c)
	case p.Is("with_item"):
		return refuse("nothing is written to the open file here")
	case p.Is("attribute") && p.Parent.Is("call") && p.Field == "function" && d.Str(p.Get("attribute")) == "write":
		return d.chained(c, p.Parent)
	case p.Is("argument_list"), p.Is("keyword_argument"):
		return d.dumped(c)
	case p.Is("assignment") && p.Get("right") == c:
		return d.assigned(c)
	}
	if !strings.Contains(d.Str(fn), "open") {
		return refuse("%s writes the file by its own means: let it write to a temp name in the same folder, sync that and rename it", d.Str(fn))
	}
	return refuse("the open file leaves the place where it is opened")
}

// whole rewrites p.write_text(…) and p.write_bytes(…).
func (d *draft) whole(c, fn *grammar.Node) error {
	args, path := d.arguments(c), fn.Get("object")
	if args.stars || len(args.pos) == 0 && args.named["data"] == nil || !args.only("data", "encoding", "errors", "newline") {
		return refuse("its arguments are packed, and cannot be seen")
	}
	if len(args.pos) > 1 && !d.encodes(args) {
		return refuse("its arguments are not those of a path's %s: it is another object's", d.Str(fn.Get("attribute")))
	}
	if c.Parent.Is("assignment") {
		d.Ask("what it returns is used: a path's " + d.Str(fn.Get("attribute")) + " returns a number, see that it is one")
	}
	if slices.ContainsFunc([]string{"upath", "cloudpathlib", "fsspec", "s3path", "zipfile"}, d.uses) {
		d.Ask("the file uses paths that need not be on a disk: see that this one is")
	}
	if c.Parent.Is("await") {
		return d.asyncWhole(c, path, args)
	}
	if d.ownWhole(c, path, args) {
		return nil
	}
	d.head(c.Start, args.list, d.Need("atomic_write")+"("+d.bare(path)+", ")
	d.nameText(args)
	if st := statement(c); expression(st) == c {
		return d.narrow(st, path, args, "mode")
	}
	return nil
}

// encodes reports whether the arguments after the data are an encoding, and
// what may follow it.
func (d *draft) encodes(args arguments) bool {
	enc := args.pos[1]
	word := strings.ToLower(d.Str(enc))
	return len(args.pos) < 5 && args.named["encoding"] == nil && args.named["data"] == nil &&
		(enc.Is("string", "none") || strings.Contains(word, "enc") || strings.Contains(word, "utf"))
}

// nameText names the arguments after the data, which have another place in
// atomic_write.
func (d *draft) nameText(args arguments) {
	for i, name := range []string{"encoding", "errors", "newline"} {
		if i+1 < len(args.pos) {
			d.Put(args.pos[i+1].Start, args.pos[i+1].Start, name+"=")
		}
	}
}

// chained rewrites open(path, "w").write(data).
func (d *draft) chained(c, write *grammar.Node) error {
	o, err := d.opened(c)
	if err != nil {
		return err
	}
	args := d.arguments(write)
	if len(args.pos) != 1 || len(args.named) > 0 || args.stars {
		return refuse("its arguments are packed, and cannot be seen")
	}
	d.head(write.Start, args.list, d.Need("atomic_write")+"("+d.Str(o.path)+", ")
	d.Put(args.last(), args.last(), d.textArguments(o))
	return nil
}

// dumps are the functions that give as text or bytes what another writes to a
// file: its name, and whether they are bytes.
var dumps = map[string]struct {
	name   string
	binary bool
}{
	"json.dump": {"json.dumps", false}, "simplejson.dump": {"simplejson.dumps", false}, "ujson.dump": {"ujson.dumps", false},
	"toml.dump": {"toml.dumps", false}, "yaml.dump": {"yaml.dump", false}, "yaml.safe_dump": {"yaml.safe_dump", false},
	"pickle.dump": {"pickle.dumps", true}, "marshal.dump": {"marshal.dumps", true}, "plistlib.dump": {"plistlib.dumps", true},
}

// dumping is a call that writes an object to a file.
type dumping struct {
	call *grammar.Node
	args arguments
	file *grammar.Node // the argument that is the file
	head string        // the function that gives the content, as to be written
}

// dump understands json.dump(obj, file, …) and the like, written with the
// module before the name.
func (d *draft) dump(call, file *grammar.Node, binary bool) (*dumping, bool) {
	fn := call.Get("function")
	to, ok := dumps[d.resolve(fn)]
	if !ok || !fn.Is("attribute") || to.binary != binary {
		return nil, false
	}
	a := d.arguments(call)
	at := file
	if at.Parent.Is("keyword_argument") {
		at = at.Parent
	}
	if a.stars || len(a.pos) == 0 || at == a.pos[0] || a.list.Kids[0] == at || page.Commented(a.list) {
		return nil, false
	}
	return &dumping{call, a, at, d.Str(fn.Get("object")) + to.name[strings.LastIndexByte(to.name, '.'):]}, true
}

// content is what the call writes, as an expression.
func (d *draft) content(p *dumping) string {
	before := p.args.list.Kids[slices.Index(p.args.list.Kids, p.file)-1]
	return p.head + string(d.Text[p.args.list.Start:before.End]) + string(d.Text[p.file.End:p.args.list.End])
}

// dumped rewrites json.dump(obj, open(path, "w")).
func (d *draft) dumped(c *grammar.Node) error {
	call := c.Up("call")
	o, err := d.opened(c)
	if err != nil {
		return err
	}
	p, ok := d.dump(call, c, o.binary())
	if !ok || expression(statement(call)) != call {
		return refuse("the open file is given to %s, which may keep it", d.Str(call.Get("function")))
	}
	d.Put(call.Start, call.End, d.Need("atomic_write")+"("+d.Str(o.path)+", "+d.content(p)+d.textArguments(o)+")")
	return nil
}

// assigned rewrites f = open(…), one write, f.close(), on lines that follow
// each other.
func (d *draft) assigned(c *grammar.Node) error {
	o, err := d.opened(c)
	if err != nil {
		return err
	}
	st := statement(c)
	left, rest := c.Parent.Get("left"), page.After(st)
	if expression(st) != c.Parent || !left.Is("identifier") || len(rest) < 2 {
		return refuse("the open file is kept in %s", d.Str(left))
	}
	f := d.Str(left)
	if d.Str(expression(rest[1])) != f+".close()" || len(d.named(function(st), f)) != 3 {
		return refuse("the open file %s is not written once and closed at once: a with block would tell where it ends", f)
	}
	content, err := d.written(rest[0], f, o.binary())
	if err != nil {
		return err
	}
	if err := d.leavesAlone(rest[0], d.Str(o.path)); err != nil {
		return err
	}
	d.Put(rest[0].Start, rest[0].End, d.Need("atomic_write")+"("+d.Str(o.path)+", "+content+d.textArguments(o)+")")
	if err := d.Remove(st, false); err != nil {
		return err
	}
	return d.Remove(rest[1], true)
}

// written is the one content that a statement writes to the file f.
func (d *draft) written(st *grammar.Node, f string, binary bool) (string, error) {
	call := expression(st)
	if call.Is("call") && !page.Commented(call) {
		args, at := d.arguments(call), d.named(call, f)
		if d.Str(call.Get("function")) == f+".write" && len(args.pos) == 1 && len(args.named) == 0 && !args.stars && len(at) == 1 {
			return d.Str(args.pos[0]), nil
		}
		if len(at) == 1 {
			if p, ok := d.dump(call, at[0], binary); ok {
				return d.content(p), nil
			}
		}
	}
	return "", refuse("it is not written by one plain write on line %d", d.Line(st.Start))
}
