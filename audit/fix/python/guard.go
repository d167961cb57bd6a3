package python

import (
	"slices"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
	"github.com/wholly-go/wholly/audit/protocol"
)

// verdicts are the ways of writing that are left alone, and why.
var verdicts = map[protocol.Verdict]string{
	protocol.UpdateInPlace:   "the file is opened without emptying it, and what of the old content is meant to stay is not in the source",
	protocol.Append:          "it appends: what is there must stay, so the file is not replaced; one write for each record is the remedy",
	protocol.CreateExclusive: "it makes a file that must not be there yet; a replacement would not notice one that is",
	protocol.Device:          "it is not a regular file",
	protocol.Scratch:         "the file lies in a folder for temporary files and is gone afterwards",
	protocol.Transactional:   "a database does the writing",
	protocol.Publish:         "what is renamed here was written elsewhere, and must be synced there",
	protocol.Moved:           "an existing file is moved; nothing is written",
	protocol.CopyOver:        "the finished file is copied over the target; rename it instead, from a temp in the target's own folder",
	protocol.UnknownVerdict:  "how the file is opened could not be told",
}

// place refuses sites that stand where a rewriting could change what runs when.
func (d *draft) place(c *grammar.Node) error {
	for p := c.Parent; p != nil && !p.Is("function_definition", "module"); p = p.Parent {
		switch p.Kind {
		case "lambda":
			return refuse("it stands in a lambda, which may run at another time and place")
		case "list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression":
			return refuse("it stands in a comprehension")
		case "finally_clause":
			return refuse("it stands in a finally block, where another error may be on its way")
		}
	}
	fn := function(c)
	if fn.Is("function_definition") && d.yields(fn) {
		return refuse("it stands in a generator, which may be left at any yield and never come back")
	}
	if d.Site.Facts.Unsure {
		d.Ask("the type of the object is not known for certain: see that it is a path of the local disk")
	}
	if fn.Is("function_definition") && d.async(fn) && !d.awaited(c) {
		d.Ask("the function is asynchronous, and the write now waits for the disk on its event loop: " +
			"await asyncio.to_thread(…) is better if the task may be suspended here")
	}
	return nil
}

// yields reports whether a function is a generator.
func (s *source) yields(fn *grammar.Node) bool {
	for n := range fn.All() {
		if n.Is("yield") && function(n) == fn {
			return true
		}
	}
	return false
}

// awaited reports whether a call's result is awaited, or it heads an async with.
func (s *source) awaited(c *grammar.Node) bool {
	if c.Parent.Is("await") {
		return true
	}
	w := c.Up("with_statement")
	return w != nil && s.async(w) && page.Within(c, w.Kids[0])
}

// writers are functions that write to a file they are given and do not keep it.
var writers = []string{
	"json.dump", "simplejson.dump", "ujson.dump", "pickle.dump", "marshal.dump", "plistlib.dump", "toml.dump", "tomli_w.dump",
	"tomlkit.dump", "yaml.dump", "yaml.safe_dump", "yaml.dump_all", "yaml.safe_dump_all", "csv.writer", "csv.DictWriter",
	"print", "pprint.pprint", "shutil.copyfileobj",
}

// onlyWritten refuses a block that does more with the file f than write to it.
func (d *draft) onlyWritten(body *grammar.Node, f string) error {
	for _, n := range d.named(body, f) {
		if !d.writes(n) {
			return refuse("the open file is used for more than writing on line %d: %s", d.Line(n.Start), page.Short(d.Str(statement(n))))
		}
	}
	for n := range body.All() {
		if n.Is("yield") {
			return refuse("the block hands out control on line %d while the file is open", d.Line(n.Start))
		}
	}
	return nil
}

// writes reports whether an open file is only written to where n names it.
func (d *draft) writes(n *grammar.Node) bool {
	for p := n.Parent; p != nil && !p.Is("block"); p = p.Parent {
		if p.Is("lambda", "function_definition", "generator_expression") {
			return false
		}
	}
	if n.Up("function_definition", "module") != function(n) {
		return false
	}
	if p := n.Parent; p.Is("attribute") && p.Get("object") == n && p.Parent.Is("call") && p.Field == "function" {
		switch d.Str(p.Get("attribute")) {
		case "write", "writelines", "flush":
			return true
		case "fileno":
			outer := p.Parent.Parent
			if !outer.Is("argument_list") {
				return false
			}
			return slices.Contains([]string{"os.fsync", "os.fdatasync", "os.fchmod"}, d.resolve(outer.Parent.Get("function")))
		}
		return false
	}
	list := n.Parent
	if list.Is("keyword_argument") {
		list = list.Parent
	}
	if !list.Is("argument_list") || !list.Parent.Is("call") {
		return false
	}
	fn := list.Parent.Get("function")
	if fn.Is("attribute") && d.Str(fn.Get("attribute")) == "write" {
		return len(d.arguments(list.Parent).pos) > 0 // a document that writes itself: config.write(f)
	}
	return slices.Contains(writers, d.resolve(fn))
}

// leavesAlone refuses a block that touches the path while the file is open:
// until the block's end the old content is still there.
func (d *draft) leavesAlone(body *grammar.Node, path string) error {
	for n := range body.All() {
		if (n.Is("identifier") && n.Field != "attribute" || n.Is("attribute", "call", "string")) && d.Str(n) == path && n.Up("interpolation") == nil {
			return refuse("the block uses the path itself on line %d, which until the end holds the old content", d.Line(n.Start))
		}
	}
	return nil
}
