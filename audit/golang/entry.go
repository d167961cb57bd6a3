package golang

import (
	"go/ast"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/table"
)

// users notes a call that the user has described.
func (w *walker) users(c *ast.CallExpr, e *table.Entry) []*effect.Value {
	call := &table.Call{Args: w.args(c)}
	call.At, call.API = w.f.span(c), short(e.Name)
	does, results := e.Apply(call)
	for _, d := range does {
		d.Mode.Binary = true
		w.emit(d)
	}
	return results
}

// entry notes a call of the API table.
func (w *walker) entry(c *ast.CallExpr, e entry, name string, root *effect.Value) []*effect.Value {
	args := w.args(c)
	arg := func(i int) *effect.Value {
		if i == 0 || i > len(args) {
			return nil
		}
		if root != nil && (i == e.path || i == e.from) {
			return effect.NewJoin(root, args[i-1])
		}
		return args[i-1]
	}
	at := w.f.span(c)
	ef := effect.Effect{Op: e.op, Path: arg(e.path), From: arg(e.from), At: at, API: short(name)}
	ef.Mode = effect.Mode{Access: e.access, Binary: true, Perm: -1}
	if e.flags > 0 {
		ef.Mode = w.access(c.Args[e.flags-1])
	}
	if e.perm > 0 && e.perm <= len(c.Args) {
		ef.Mode.Perm = w.perm(c.Args[e.perm-1])
	}
	if e.library != nil {
		return w.library(e, ef, arg(e.content))
	}
	switch e.op {
	case effect.OpenFile:
		return w.open(e, ef, arg(e.content))
	case effect.MakeTemp, effect.MakeTempDir:
		return w.temp(ef)
	case effect.Sync, effect.Write, effect.Close:
		ef.Handle, ef.Path, ef.Content = ef.Path, nil, arg(e.content)
	case effect.Read:
		if also := ef.From; also != nil { // a pair of files
			ef.From = nil
			both := ef
			both.Path = also
			w.emit(both)
		}
		w.emit(ef)
		return []*effect.Value{effect.NewContent(at.Site(), ef.Path)}
	}
	w.emit(ef)
	return nil
}

func (w *walker) open(e entry, ef effect.Effect, content *effect.Value) []*effect.Value {
	ef.Handle = effect.NewOpen(ef.At.Site(), ef.Path)
	w.emit(ef)
	if !e.whole {
		if ef.Mode.Access == effect.ReadOnly {
			read := ef
			read.Op = effect.Read
			read.Handle = nil
			w.emit(read)
		}
		return []*effect.Value{ef.Handle}
	}
	ef.Op, ef.Path, ef.Content = effect.Write, nil, content
	w.emit(ef)
	ef.Op, ef.Content = effect.Close, nil
	w.emit(ef)
	return nil
}

func (w *walker) temp(ef effect.Effect) []*effect.Value {
	dir := ef.Path
	if dir != nil && (dir.Kind == effect.Empty || dir.Kind == effect.Global && dir.Name == effect.SystemTempDir) {
		dir = nil
	}
	ef.Path = effect.NewTemp(ef.At.Site(), dir)
	ef.Mode.Perm = 0o600
	if ef.Op == effect.MakeTempDir {
		w.emit(ef)
		return []*effect.Value{ef.Path}
	}
	ef.Handle = effect.NewOpen(ef.At.Site(), ef.Path)
	w.emit(ef)
	return []*effect.Value{ef.Handle}
}

// library notes the steps of a known writer.
func (w *walker) library(e entry, ef effect.Effect, content *effect.Value) []*effect.Value {
	target := ef.Path
	temp := effect.NewTemp(ef.At.Site(), effect.NewDir(target))
	h := effect.NewOpen(ef.At.Site(), temp)
	step := func(op effect.Op, path, from, handle *effect.Value) {
		s := ef
		s.Op, s.Path, s.From, s.Handle = op, path, from, handle
		if op == effect.Write {
			s.Content = content
		}
		w.emit(s)
	}
	step(effect.MakeTemp, temp, nil, h)
	step(effect.Write, nil, nil, h)
	if e.library.sync {
		step(effect.Sync, nil, nil, h)
	}
	step(effect.Close, nil, nil, h)
	step(effect.Rename, target, temp, nil)
	if e.library.dirSync {
		step(effect.SyncDir, effect.NewDir(target), nil, nil)
	}
	cleanup := w.enter(effect.Region{Kind: effect.OnError, At: ef.At})
	step(effect.Remove, temp, nil, nil)
	cleanup()
	return nil
}
