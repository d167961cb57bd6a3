package script

import (
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// place refuses sites that stand where a rewriting could change what runs when.
func (d *draft) place(c *grammar.Node) error {
	for p := c; p.Parent != nil && !p.Is(functions...); p = p.Parent {
		if p.Is("finally_clause") {
			return refuse("it stands in a finally block, where another error may be on its way")
		}
	}
	fn := function(c)
	for n := range fn.All() {
		if n.Is("yield_expression") && function(n) == fn {
			return refuse("it stands in a generator, which may be left at any yield and never come back")
		}
	}
	if d.Site.Facts.Unsure {
		d.Ask("the type of the object is not known for certain: see that it writes to the local disk")
	}
	return nil
}

// A form is one way of calling: the writer of that form, and how many
// arguments follow the path.
type form struct {
	writer  string
	json    bool // the content is an object, written as JSON
	parents bool // missing folders are made
}

// forms are the functions that write a whole file.
var forms = map[string]form{
	"fs.promises.writeFile": {writer: "writeAtomic"},
	"fs.writeFileSync":      {writer: "writeAtomicSync"},
	"fs.writeFile":          {writer: "writeAtomicCallback"},
	"extra.writeFile":       {writer: "writeAtomic"},
	"extra.writeFileSync":   {writer: "writeAtomicSync"},
	"extra.outputFile":      {writer: "writeAtomic", parents: true},
	"extra.outputFileSync":  {writer: "writeAtomicSync", parents: true},
	"extra.writeJson":       {writer: "writeAtomic", json: true},
	"extra.writeJSON":       {writer: "writeAtomic", json: true},
	"extra.writeJsonSync":   {writer: "writeAtomicSync", json: true},
	"extra.writeJSONSync":   {writer: "writeAtomicSync", json: true},
	"extra.outputJson":      {writer: "writeAtomic", json: true, parents: true},
	"extra.outputJSON":      {writer: "writeAtomic", json: true, parents: true},
	"extra.outputJsonSync":  {writer: "writeAtomicSync", json: true, parents: true},
	"extra.outputJSONSync":  {writer: "writeAtomicSync", json: true, parents: true},
}

// whole is a call that writes a whole file.
type whole struct {
	form
	call     *grammar.Node
	path     *grammar.Node
	data     *grammar.Node
	options  *grammar.Node // nil if there are none
	callback *grammar.Node
	keep     []string // the options as they go on
	spaces   string   // of JSON
}

// understood returns what a call writes.
func (d *draft) understood(c *grammar.Node) (*whole, error) {
	fn := c.Get("function")
	f, ok := forms[d.resolve(fn)]
	if !ok {
		return nil, d.unknown(c)
	}
	args, ok := arguments(c)
	if !ok || len(args) < 2 {
		return nil, refuse("its arguments are packed, and cannot be seen")
	}
	w := &whole{form: f, call: c, path: args[0], data: args[1]}
	rest := args[2:]
	switch {
	case f.writer == "writeAtomicCallback":
		if len(rest) == 0 {
			return nil, refuse("fs.writeFile is called without a callback")
		}
		w.callback, rest = rest[len(rest)-1], rest[:len(rest)-1]
	case len(rest) > 0 && rest[len(rest)-1].Is("arrow_function", "function_expression", "function"):
		return nil, refuse("a callback is given to a function that returns a promise")
	}
	if len(rest) > 1 {
		return nil, refuse("it has more arguments than are known")
	}
	if len(rest) == 1 {
		w.options = rest[0]
	}
	if w.path.Is("number") || strings.HasSuffix(d.Str(w.path), ".fd") || d.Str(w.path) == "fd" {
		return nil, refuse("it writes to a file that is open already")
	}
	return w, d.settings(w)
}

// unknown says why a call is left alone.
func (d *draft) unknown(c *grammar.Node) error {
	name := d.Str(c.Get("function"))
	switch last := name[strings.LastIndexByte(name, '.')+1:]; {
	case strings.HasPrefix(last, "createWriteStream"):
		return refuse("a stream is written later and elsewhere: let it go to a temp name in the same folder, sync that and rename it when it has ended")
	case strings.HasPrefix(last, "open"):
		return refuse("the open file is written by hand: give the whole content to one call of the writer")
	case strings.HasPrefix(name, "Deno.") || strings.HasPrefix(name, "Bun."):
		return refuse("the writer that fixes add is one for Node")
	}
	return refuse("%s writes the file by its own means: let it write to a temp name in the same folder, sync that and rename it", page.Short(name))
}

// inPlace rewrites a call that truncates its target and fills it.
func (d *draft) inPlace(c *grammar.Node) error {
	w, err := d.understood(c)
	if err != nil {
		return err
	}
	if err := d.waited(c, w); err != nil {
		return err
	}
	if d.ownWhole(w) {
		return nil
	}
	d.narrow(w)
	d.toAtomic(w, "")
	return nil
}

// waited sees to a promise that nobody waits for.
func (d *draft) waited(c *grammar.Node, w *whole) error {
	if !d.Site.Facts.Unawaited || w.writer != "writeAtomic" {
		return nil
	}
	if st := statement(c); st.Is("expression_statement") && st.Only() == c && function(c).Get("body").Is("statement_block") && d.async(function(c)) {
		d.Ask("nobody waited for this write; now the function does")
		d.Put(c.Start, c.Start, "await ")
		return nil
	}
	return refuse("nobody waits for this write: say first what should, with await or return")
}

// toAtomic turns the call into one of our writer, on target if it is another
// path.
func (d *draft) toAtomic(w *whole, target string) {
	fn := w.call.Get("function")
	d.Put(fn.Start, fn.End, d.Need(w.writer))
	if target != "" {
		d.Put(w.path.Start, w.path.End, target)
	}
	if w.json {
		third := ""
		if w.spaces != "" {
			third = ", null, " + w.spaces
		}
		d.Put(w.data.Start, w.data.Start, "JSON.stringify(")
		d.Put(w.data.End, w.data.End, third+") + "+d.quote(`\n`))
	}
	if w.parents {
		w.keep = append(w.keep, "parents: true")
	}
	d.options(w)
}

// quote puts a text into quotes, as the file does.
func (d *draft) quote(text string) string { return string(d.quotes()) + text + string(d.quotes()) }
