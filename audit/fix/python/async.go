package python

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/fix/internal/page"
	"github.com/wholly-go/wholly/audit/grammar"
)

// runner is how a function is run in a worker thread here, and whether it
// passes named arguments on.
func (d *draft) runner() (call string, named bool) {
	for _, lib := range []string{"anyio", "trio"} {
		if d.uses(lib) {
			d.Need("import " + lib)
			return lib + ".to_thread.run_sync", false
		}
	}
	d.Need("import asyncio")
	return "asyncio.to_thread", true
}

// threaded is the call of the writer in a worker thread.
func (d *draft) threaded(path, content string, text []*grammar.Node) (string, error) {
	call, named := d.runner()
	out := call + "(" + d.Need("atomic_write") + ", " + path + ", " + content
	last := -1
	for i := range text {
		if text[i] != nil {
			last = i
		}
	}
	for i, name := range []string{"encoding", "errors", "newline"} {
		switch {
		case i > last:
		case named && text[i] != nil:
			out += ", " + name + "=" + d.Str(text[i])
		case !named && i == 0: // by position: the mode stands before it
			out += ", None, " + or(d.Str(text[i]), "None")
		case !named:
			out += ", " + or(d.Str(text[i]), "None")
		}
	}
	return out + ")", nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// asyncWhole rewrites await p.write_text(…).
func (d *draft) asyncWhole(c, path *grammar.Node, args arguments) error {
	if d.keepsTokens(c, path, args) {
		return nil
	}
	if page.Commented(c) {
		return refuse("a comment in the call would be lost")
	}
	data := args.value(0, "data")
	var text []*grammar.Node
	for i, name := range []string{"encoding", "errors", "newline"} {
		text = append(text, args.value(i+1, name))
	}
	out, err := d.threaded(d.inner(path), d.Str(data), text)
	if err == nil {
		d.Put(c.Start, c.End, out)
	}
	return err
}

// keepsTokens replaces no more than the head of the call and, where arguments
// go by position, the name of the encoding. It reports whether that is enough.
func (d *draft) keepsTokens(c, path *grammar.Node, args arguments) bool {
	if len(args.pos) > 2 || args.named["errors"] != nil || args.named["newline"] != nil || args.named["data"] != nil {
		return false
	}
	call, named := d.runner()
	d.head(c.Start, args.list, call+"("+d.Need("atomic_write")+", "+d.inner(path)+", ")
	if kw := args.named["encoding"]; kw != nil && !named {
		d.Put(kw.Start, kw.Get("value").Start, "None, ") // the mode stands before it
	}
	if len(args.pos) == 2 {
		between := "None, "
		if named {
			between = "encoding="
		}
		d.Put(args.pos[1].Start, args.pos[1].Start, between)
	}
	return true
}

// inner is what an asynchronous path was made of: anyio.Path(p) is p.
func (d *draft) inner(path *grammar.Node) string {
	if path.Is("call") && slices.Contains([]string{"anyio.Path", "trio.Path", "aiopath.AsyncPath"}, d.resolve(path.Get("function"))) {
		if a := d.arguments(path); len(a.pos) == 1 && len(a.named) == 0 && !a.stars {
			return d.Str(a.pos[0])
		}
	}
	return d.bare(path)
}

// asyncWith rewrites a block that opens a file and awaits one write to it.
func (d *draft) asyncWith(c, st *grammar.Node) error {
	o, err := d.opened(c)
	if err != nil {
		return err
	}
	f, err := d.target(c)
	if err != nil {
		return err
	}
	body := st.Get("body")
	if len(st.Kids[0].Kids) != 1 || len(body.Kids) != 1 || page.Commented(st) {
		return refuse("the block does more than one write, and each await in it may be its end")
	}
	wait := expression(body.Kids[0])
	if !wait.Is("await") || !wait.Kids[0].Is("call") {
		return refuse("the block does not await one write")
	}
	call := wait.Kids[0]
	args := d.arguments(call)
	if d.Str(call.Get("function")) != f+".write" || len(args.pos) != 1 || len(args.named) > 0 || args.stars || len(d.named(call, f)) != 1 {
		return refuse("the block does not await one plain write")
	}
	path := d.Str(o.path)
	if o.method {
		path = d.inner(o.path)
	}
	out, err := d.threaded(path, d.Str(args.pos[0]), o.text)
	if err != nil {
		return err
	}
	if strings.HasPrefix(d.Str(args.pos[0]), "await ") {
		return refuse("the content is awaited while the file is open")
	}
	d.Put(st.Start, st.End, "await "+out)
	return nil
}
