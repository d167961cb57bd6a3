// Package splice sees through functions: a call is replaced by what the callee
// does, with the arguments put in.
//
// It is the one mechanism behind writers that take a path, wrappers of open
// and rename, functions that return a path or an open temp file, types whose
// constructor opens a temp file and whose Close publishes it, and context
// managers. An [Index] is built once from all files and is then safe for one
// goroutine.
package splice

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// Index finds functions, classes and definitions by ID.
type Index struct {
	Funcs   []*effect.Func // in order of file and place
	funcs   map[string]*effect.Func
	classes map[string]*effect.Class
	globals map[string]*effect.Value
	aliases map[string]string
	stars   map[string][]string        // module: those all of whose names it has as well
	sets    map[string][]*effect.Value // class ID + "." + field: what it is given
	methods map[string][]string        // class ID: its methods' IDs
	touches map[string]bool            // functions that reach a file effect
	named   map[string][]*effect.Func  // methods by their bare name
	tests   map[string]bool            // files for tests
	cleared map[string]bool            // class ID + "." + field: a folder that is removed as a whole
	impls   map[string]*effect.Func    // interface ID + "." + method: who does it on real files
	given   map[string]*effect.Value   // a parameter's key: the field that keeps it
	done    map[memo]*Expanded
	homes   map[string]*effect.Value
}

// memo is a function, not its ID: files for several systems, and init, give
// the same ID more than once.
type memo struct {
	fn    *effect.Func
	depth int
}

// New returns an index of files.
func New(files []*effect.File) *Index {
	x := &Index{
		funcs: map[string]*effect.Func{}, classes: map[string]*effect.Class{},
		globals: map[string]*effect.Value{}, aliases: map[string]string{}, stars: map[string][]string{},
		sets: map[string][]*effect.Value{}, methods: map[string][]string{},
		tests: map[string]bool{}, cleared: map[string]bool{}, named: map[string][]*effect.Func{}, impls: map[string]*effect.Func{}, given: map[string]*effect.Value{},
		done: map[memo]*Expanded{}, homes: map[string]*effect.Value{},
	}
	for _, f := range files {
		x.tests[f.Path] = f.Test
		for _, c := range f.Classes {
			x.classes[c.ID] = c
		}
		for id, v := range f.Globals {
			x.globals[id] = v
		}
		for id, to := range f.Aliases {
			x.aliases[id] = to
		}
		if len(f.Stars) > 0 {
			x.stars[f.Module] = f.Stars
		}
	}
	for _, f := range files {
		for _, fn := range f.Funcs {
			fn = x.handedOn(fn)
			x.add(fn)
			x.keeps(fn)
		}
	}
	for _, f := range files {
		if f.Language == effect.Python {
			x.reroot(f)
		}
	}
	x.touch()
	return x
}

func (x *Index) add(fn *effect.Func) {
	x.Funcs = append(x.Funcs, fn)
	if x.funcs[fn.ID] == nil {
		x.funcs[fn.ID] = fn
	}
	if fn.Class == "" {
		return
	}
	x.methods[fn.Class] = append(x.methods[fn.Class], fn.ID)
	x.named[fn.Name] = append(x.named[fn.Name], fn)
	for _, s := range fn.Sets {
		key := fn.Class + "." + s.Field
		x.sets[key] = append(x.sets[key], s.Value)
	}
}

// Func returns the function of an ID or of another name for it, or nil.
func (x *Index) Func(id string) *effect.Func { return known(x, x.funcs, id, 4) }

// Test reports whether a file holds tests, by its language's own convention.
func (x *Index) Test(file string) bool { return x.tests[file] }

// Class returns the class of an ID or of another name for it, or nil.
func (x *Index) Class(id string) *effect.Class { return known(x, x.classes, id, 4) }

// known returns what has the ID, or one that it is another name for, nil if
// nothing has.
func known[T any](x *Index, all map[string]*T, id string, depth int) *T {
	if v := all[id]; v != nil || depth == 0 {
		return v
	}
	if to, ok := x.aliases[id]; ok {
		return known(x, all, to, depth-1)
	}
	dot := strings.LastIndexByte(id, '.')
	if dot < 0 {
		return nil
	}
	if to, ok := x.aliases[id[:dot]]; ok { // a part of what has another name
		if v := known(x, all, to+id[dot:], depth-1); v != nil {
			return v
		}
	}
	for _, m := range x.stars[id[:dot]] {
		if v := known(x, all, m+id[dot:], depth-1); v != nil {
			return v
		}
	}
	return nil
}

// Method returns the method name of class or of what it is based on, or nil.
func (x *Index) Method(class, name string) *effect.Func {
	return x.method(class, name, 5)
}

func (x *Index) method(class, name string, depth int) *effect.Func {
	if class == "" || depth == 0 {
		return nil
	}
	if f := x.Func(class + "." + name); f != nil {
		return f
	}
	c := x.Class(class)
	if c == nil {
		return nil
	}
	if c.ID != class {
		if f := x.Func(c.ID + "." + name); f != nil {
			return f
		}
	}
	for _, b := range c.Bases {
		if f := x.method(b, name, depth-1); f != nil {
			return f
		}
	}
	if c.Methods != nil {
		return x.implementation(c, name)
	}
	return nil
}

// Methods returns the methods of class itself, in source order.
func (x *Index) Methods(class string) []*effect.Func {
	var all []*effect.Func
	for _, id := range x.methods[class] {
		if f := x.funcs[id]; f != nil {
			all = append(all, f)
		}
	}
	return all
}

// touch marks the functions that reach a file effect, callers of marked ones
// included.
func (x *Index) touch() {
	x.touches = map[string]bool{}
	callers := map[string][]string{}
	var queue []string
	mark := func(id string) {
		if !x.touches[id] {
			x.touches[id] = true
			queue = append(queue, id)
		}
	}
	for _, f := range x.Funcs {
		for i := range f.Effects {
			e := &f.Effects[i]
			if e.Op != effect.Invoke {
				mark(f.ID)
				continue
			}
			if passes(e.Call) {
				mark(f.ID)
			}
			for _, c := range x.may(e.Call) {
				callers[c] = append(callers[c], f.ID)
			}
		}
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		for _, c := range callers[id] {
			mark(c)
		}
	}
}

// passes reports whether a call writes to, flushes or syncs what its function
// was given to write to: an open file, maybe.
func passes(c *effect.Invocation) bool {
	if c.Recv == nil || c.Recv.Kind != effect.Param || c.Method == "add" {
		return false
	}
	pkg, _, typed := strings.Cut(c.Recv.Type, ".")
	op, ok := effect.HandleMethod(c.Method)
	return ok && (op == effect.Write || op == effect.Flush || op == effect.Sync) && (!typed || pkg == "os" || pkg == "io" || pkg == "bufio")
}

// may returns the IDs that a call might reach, generously: methods by name,
// since their receiver may become known only by splicing.
func (x *Index) may(c *effect.Invocation) []string {
	var ids []string
	for _, id := range c.Callees {
		if f := x.Func(id); f != nil {
			ids = append(ids, f.ID)
		}
		if f, _ := x.instance(id); f != nil {
			ids = append(ids, f.ID)
		}
		if f := x.constructor(id); f != nil {
			ids = append(ids, f.ID)
		}
	}
	if c.Method != "" && c.Recv != nil {
		class := c.Recv.Type
		if class == "" && c.Recv.Kind == effect.Field {
			class = x.fieldType(c.Recv)
		}
		if f := x.Method(class, c.Method); f != nil {
			ids = append(ids, f.ID)
		}
	}
	return slices.Compact(ids)
}

// Touches reports whether f reaches a file effect.
func (x *Index) Touches(f *effect.Func) bool { return x.touches[f.ID] }

// instance returns the method that a full name means where it is one of a
// variable of known class, and that variable: store.save, of a module that has
// "export const store = new Store()".
func (x *Index) instance(id string) (*effect.Func, *effect.Value) {
	dot := strings.LastIndexByte(id, '.')
	if dot < 0 {
		return nil, nil
	}
	v := known(x, x.globals, id[:dot], 4)
	if v == nil || v.Type == "" {
		return nil, nil
	}
	return x.Method(v.Type, id[dot+1:]), effect.NewGlobal(id[:dot]).Typed(v.Type)
}

func (x *Index) constructor(id string) *effect.Func {
	c := x.Class(id)
	if c == nil {
		return nil
	}
	for _, name := range []string{"__init__", "constructor", "__post_init__"} {
		if f := x.Method(c.ID, name); f != nil {
			return f
		}
	}
	return nil
}
