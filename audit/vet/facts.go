package vet

import (
	"fmt"
	"go/types"
	"sort"
	"strings"

	"github.com/wholly-go/wholly/audit"
	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
)

// Writes is a fact of a function: it replaces the file that parameter Path
// names by what parameter Content holds, in a way that is known.
type Writes struct {
	Path    int
	Content int
	Params  int
	Verdict protocol.Verdict
}

// AFact makes it a fact.
func (*Writes) AFact() {}

func (w *Writes) String() string {
	return fmt.Sprintf("writes parameter %d to the file of parameter %d: %s", w.Content, w.Path, w.Verdict)
}

// export states what the package's helpers do, for the packages that call
// them.
func (p *pkg) export(r *audit.Result) {
	for _, h := range r.Helpers {
		if p.file(h.File) == nil || h.Content < 0 || h.Verdict != protocol.InPlace && !h.Verdict.Good() {
			continue
		}
		if fn := p.function(h); fn != nil && fn.Signature().Params().Len() == len(h.Params) && !fn.Signature().Variadic() {
			p.ExportObjectFact(fn, &Writes{h.Path, h.Content, len(h.Params), h.Verdict})
		}
	}
}

// function finds a helper among the package's objects.
func (p *pkg) function(h audit.Writer) *types.Func {
	scope := p.Pkg.Scope()
	if h.Class == "" {
		fn, _ := scope.Lookup(h.Name).(*types.Func)
		return fn
	}
	tn, _ := scope.Lookup(h.Class[strings.LastIndexByte(h.Class, '.')+1:]).(*types.TypeName)
	if tn == nil {
		return nil
	}
	obj, _, _ := types.LookupFieldOrMethod(tn.Type(), true, p.Pkg, h.Name)
	fn, _ := obj.(*types.Func)
	return fn
}

// imported is what facts tell about functions of other packages, as files of
// the audit: each function takes the steps that its verdict stands for.
func (p *pkg) imported() []*effect.File {
	byPath := map[string]*effect.File{}
	for _, of := range p.AllObjectFacts() {
		w, ok := of.Fact.(*Writes)
		fn, isFunc := of.Object.(*types.Func)
		if !ok || !isFunc || fn.Pkg() == nil || fn.Pkg() == p.Pkg {
			continue
		}
		name := fn.Pkg().Path()
		if byPath[name] == nil {
			byPath[name] = &effect.File{Path: "facts of " + name, Language: effect.Go, Module: name, Globals: map[string]*effect.Value{}}
		}
		byPath[name].Funcs = append(byPath[name].Funcs, stand(fn, w, byPath[name]))
	}
	var files []*effect.File
	for _, f := range byPath {
		sort.Slice(f.Funcs, func(i, j int) bool { return f.Funcs[i].ID < f.Funcs[j].ID })
		for i, fn := range f.Funcs { // each function a line of its own, so that places differ
			number(fn, i)
		}
		files = append(files, f)
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	return files
}

// stand is the function of a fact.
func stand(fn *types.Func, w *Writes, in *effect.File) *effect.Func {
	f := &effect.Func{ID: in.Module + "." + fn.Name(), Name: fn.Name(), Text: fn.Name(), At: effect.Span{File: in.Path}}
	if recv := fn.Signature().Recv(); recv != nil {
		t := recv.Type()
		if ptr, ok := t.(*types.Pointer); ok {
			t = ptr.Elem()
		}
		if named, ok := t.(*types.Named); ok {
			f.Class = in.Module + "." + named.Obj().Name()
			f.ID = f.Class + "." + fn.Name()
		}
	}
	for v := range fn.Signature().Params().Variables() {
		f.Params = append(f.Params, effect.Parameter{Name: v.Name()})
	}
	f.Effects = steps(f, w)
	return f
}

// steps are what a verdict stands for.
func steps(f *effect.Func, w *Writes) []effect.Effect {
	target := effect.NewParam(f.ID, w.Path, f.Params[w.Path].Name)
	content := effect.NewParam(f.ID, w.Content, f.Params[w.Content].Name)
	mode := effect.Mode{Access: effect.Truncating, Binary: true, Perm: -2}
	site := f.ID
	if !w.Verdict.Good() {
		h := effect.NewOpen(site, target)
		return []effect.Effect{
			{Op: effect.OpenFile, Path: target, Handle: h, Mode: mode, Fate: effect.Returned},
			{Op: effect.Write, Handle: h, Content: content, Fate: effect.Returned},
			{Op: effect.Close, Handle: h, Fate: effect.Returned},
		}
	}
	temp := effect.NewTemp(site, effect.NewDir(target))
	h := effect.NewOpen(site, temp)
	all := []effect.Effect{
		{Op: effect.MakeTemp, Path: temp, Handle: h, Mode: mode, Fate: effect.Returned},
		{Op: effect.Write, Handle: h, Content: content, Fate: effect.Returned},
	}
	if w.Verdict != protocol.Atomic {
		all = append(all, effect.Effect{Op: effect.Sync, Handle: h, Fate: effect.Returned})
	}
	all = append(all, effect.Effect{Op: effect.Close, Handle: h, Fate: effect.Returned},
		effect.Effect{Op: effect.Rename, From: temp, Path: target, Fate: effect.Returned})
	if w.Verdict == protocol.Durable {
		all = append(all, effect.Effect{Op: effect.SyncDir, Path: effect.NewDir(target), Fate: effect.Returned})
	}
	return all
}

// number gives the effects of a function places of their own.
func number(f *effect.Func, i int) {
	f.At.Line = i + 1
	for k := range f.Effects {
		f.Effects[k].At = effect.Span{File: f.At.File, Start: i*100 + k, End: i*100 + k + 1, Line: i + 1}
		f.Effects[k].API = f.Name
	}
}
