package table

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// Call is one call in a source, as far as its front end understands it.
type Call struct {
	effect.Effect // At, In, Fate, API, Async, Whole, Unawaited, Unsure
	Self          *effect.Value
	Args          []*effect.Value
	Named         map[string]*effect.Value
}

// Site is where the call stands, as values have it.
func (c *Call) Site() string { return c.At.Site() }

var verbs = map[string]bool{
	"open": true, "write": true, "append": true, "read": true, "rename": true, "move": true, "copy": true, "link": true,
	"symlink": true, "exchange": true, "remove": true, "rmtree": true, "mkdir": true, "exists": true, "chmod": true,
	"chown": true, "truncate": true, "touch": true, "temp": true, "tempdir": true, "sync": true, "put": true, "load": true,
	"parse": true, "wrap": true, "close": true, "flush": true, "watch": true, "handout": true, "lock": true, "pipe": true,
	"same": true, "join": true, "dir": true, "base": true, "suffix": true, "withname": true, "random": true, "new": true,
	"run": true, "task": true, "suppress": true, "handle": true, "tmpdir": true, "promisify": true, "quit": true, "writer": true, "stream": true, "global": true, "edit": true,
}

// quiet are the verbs whose names alone make no file worth reading.
var quiet = map[string]bool{
	"same": true, "join": true, "dir": true, "base": true, "suffix": true, "withname": true, "random": true, "new": true,
	"run": true, "task": true, "suppress": true, "handle": true, "parse": true, "quit": true, "close": true, "flush": true,
	"exists": true, "promisify": true, "tmpdir": true, "global": true,
}

// part finds what an entry points to; nil if the call does not have it.
func (c *Call) part(where []string) *effect.Value {
	for _, w := range where {
		switch n, err := strconv.Atoi(w); {
		case w == "self":
			return c.Self
		case w == "madeof": // that the receiver was made of
			if f := c.Self.FilePath(); f != nil {
				return f
			}
		case strings.HasPrefix(w, `"`):
			return effect.NewLit(strings.Trim(w, `"`))
		case err == nil && n < len(c.Args):
			if c.Args[n] != nil {
				return c.Args[n]
			}
		case c.Named[w] != nil:
			return c.Named[w]
		}
	}
	return nil
}

// Part returns the value that the entry's key points to in the call.
func (e *Entry) Part(c *Call, key string) *effect.Value { return c.part(e.at[key]) }

// ops are the verbs that are one effect on a path, or on two.
var ops = map[string]effect.Op{
	"rename": effect.Rename, "move": effect.Move, "copy": effect.Copy, "link": effect.Link, "symlink": effect.Symlink,
	"exchange": effect.Exchange, "remove": effect.Remove, "rmtree": effect.RemoveTree, "mkdir": effect.Mkdir,
	"exists": effect.Exists, "chmod": effect.Chmod, "chown": effect.Chown, "truncate": effect.Truncate,
	"watch": effect.Watch, "handout": effect.Handout, "lock": effect.Lock,
}

// handled are the verbs that act on an open file.
var handled = map[string]effect.Op{
	"sync": effect.Sync, "put": effect.Write, "load": effect.Read, "close": effect.Close, "flush": effect.Flush,
}

// Apply returns what the call does, in order, and the values of its results.
// The effects carry what c carries; no results mean that the value is not a
// path or a file.
func (e *Entry) Apply(c *Call) (does []effect.Effect, results []*effect.Value) {
	if p := e.Part(c, "path"); e.Has("named") && !isHandle(p) && (p == nil || p.Type != "Path") {
		return nil, nil // it takes both, and this may be a file that somebody opened
	}
	b := builder{e: e, c: c}
	if op, ok := ops[e.Verb]; ok {
		b.onPath(op)
	} else if op, ok := handled[e.Verb]; ok {
		b.onHandle(op)
	} else {
		b.other()
	}
	if t := e.Word("type"); t != "" {
		for i, r := range b.results {
			b.results[i] = r.Typed(t)
		}
	}
	return b.does, b.results
}

type builder struct {
	e       *Entry
	c       *Call
	does    []effect.Effect
	results []*effect.Value
}

func (b *builder) part(key string) *effect.Value { return b.e.Part(b.c, key) }

func (b *builder) add(op effect.Op, fill func(*effect.Effect)) {
	x := b.c.Effect
	x.Op, x.Mode.Perm = op, -1
	x.Call = nil
	fill(&x)
	b.does = append(b.does, x)
}

// onPath is one effect on a name. What takes a descriptor as well as a name is
// an effect on the file behind it.
func (b *builder) onPath(op effect.Op) {
	path, from := b.part("path"), b.part("from")
	if to := b.part("to"); to != nil {
		path = to
	}
	if path == nil || op != effect.Truncate && (op == effect.Rename || op == effect.Copy || op == effect.Move) && from == nil {
		return
	}
	b.add(op, func(x *effect.Effect) {
		x.Path, x.From, x.Mode.Perm = path, from, Perm(b.part("perm"))
		if isHandle(path) {
			x.Path, x.Handle = nil, Bottom(path)
		}
		if t := b.part("tree"); op == effect.Remove && t != nil && lit(t) == "true" {
			x.Op = effect.RemoveTree
		}
	})
	if b.e.Has("into") {
		b.results = []*effect.Value{path}
	}
}

func (b *builder) onHandle(op effect.Op) {
	h := b.part("handle")
	if h == nil || b.e.Has("opened") && h.Inner() == nil {
		return
	}
	if b.e.Has("path") && h.Inner() == nil { // it takes a name as well
		b.readFrom(h)
		return
	}
	if op == effect.Sync {
		b.sync(h)
		return
	}
	b.add(op, func(x *effect.Effect) { x.Handle, x.Content = h, b.part("content") })
	if b.e.Has("parses") {
		b.add(effect.Parse, func(x *effect.Effect) { x.Handle = h })
	}
}

// sync is of a directory where what is open is one: a file opened for reading
// alone has nothing to make durable.
func (b *builder) sync(h *effect.Value) {
	in := Bottom(h)
	if in.Kind == effect.Open && strings.HasSuffix(in.Site, readOnly) {
		b.add(effect.SyncDir, func(x *effect.Effect) { x.Path = in.Args[0] })
		return
	}
	b.add(effect.Sync, func(x *effect.Effect) { x.Handle = in })
}

func (b *builder) other() {
	switch b.e.Verb {
	case "open":
		b.open()
	case "write", "append", "touch":
		b.whole()
	case "read":
		b.readFrom(b.part("path"))
	case "edit":
		b.edit()
	case "temp", "tempdir":
		b.temp()
	case "wrap":
		if h := b.part("handle"); isHandle(h) {
			b.results = []*effect.Value{effect.NewWrap(b.c.Site(), h)}
		}
	case "stream":
		b.stream()
	case "writer":
		b.writer()
	case "parse":
		b.add(effect.Parse, func(x *effect.Effect) { x.Content = b.part("content") })
	case "handle":
		if h := b.part("handle"); h != nil {
			b.results = []*effect.Value{Bottom(h)}
		}
	default:
		b.results = b.value()
	}
}

// value is the result of a call that only computes.
func (b *builder) value() []*effect.Value {
	path := b.part("path")
	switch b.e.Verb {
	case "random":
		return []*effect.Value{effect.NewRandom(b.c.Site(), b.e.Word("how"))}
	case "new":
		if path != nil && !isHandle(path) {
			return []*effect.Value{effect.NewContent(b.c.Site(), path)}
		}
		return []*effect.Value{effect.NewUnknown(b.c.Site()).Typed(b.e.Word("type"))}
	case "global":
		return b.global()
	case "tmpdir":
		return []*effect.Value{System}
	case "join":
		parts := b.c.Args
		if b.e.Has("self") {
			parts = append([]*effect.Value{b.c.Self}, parts...)
		}
		return []*effect.Value{effect.NewJoin(parts...)}
	}
	if path == nil {
		return nil
	}
	switch b.e.Verb {
	case "same":
		return []*effect.Value{path}
	case "dir":
		return []*effect.Value{effect.NewDir(path)}
	case "base":
		return []*effect.Value{effect.NewBase(path)}
	case "suffix":
		if ext := b.part("ext"); ext != nil && ext.Kind == effect.Lit {
			return []*effect.Value{effect.NewSuffix(path, ext.Name)}
		}
		return []*effect.Value{effect.NewConcat(effect.NewField(path, "stem"), b.part("ext"))}
	case "withname":
		if name := b.part("name"); name != nil {
			return []*effect.Value{effect.NewJoin(effect.NewDir(path), name)}
		}
	}
	return nil
}

// global is what the surroundings answer: the same for the same question.
func (b *builder) global() []*effect.Value {
	if !b.e.Has("asked") {
		return []*effect.Value{effect.NewGlobal(b.e.Name + "()")}
	}
	question := ""
	for _, a := range b.c.Args {
		if a == nil || a.Kind != effect.Lit && a.Kind != effect.Global {
			return nil
		}
		question += a.Key()
	}
	for _, k := range slices.Sorted(maps.Keys(b.c.Named)) {
		question += k + "=" + b.c.Named[k].Key()
	}
	return []*effect.Value{effect.NewGlobal(b.e.Name + "(" + question + ")")}
}
