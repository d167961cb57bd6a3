package table

import (
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
)

// System is the system's directory for temporary files.
var System = effect.NewGlobal(effect.SystemTempDir)

// readOnly ends the site of a descriptor that was opened for reading.
const readOnly = ":r"

// open is a file that stays open. Where the language buffers, the result is a
// wrap over the file: what was written to it is not yet with the system.
func (b *builder) open() {
	path := b.part("path")
	if path == nil {
		return
	}
	if isHandle(path) { // os.fdopen and open(fd): one staging, not two
		b.results = []*effect.Value{effect.NewWrap(b.c.Site(), Bottom(path))}
		return
	}
	mode, text := b.mode(), b.text()
	if b.e.Has("flags") && strings.Contains(lit(b.part("mode")), "O_NONBLOCK") {
		path = effect.NewJoin(effect.NewLit("/dev"), path) // a pipe is opened so, a file never: it is named as devices are
	}
	site := b.c.Site()
	if mode.Access == effect.ReadOnly && b.e.Has("flags") {
		site += readOnly
	}
	h := effect.NewOpen(site, path)
	b.add(effect.OpenFile, func(x *effect.Effect) { x.Path, x.Handle, x.Mode, x.Text = path, h, mode, text })
	if mode.Access == effect.ReadOnly && !b.e.Has("flags") {
		b.add(effect.Read, func(x *effect.Effect) { x.Path, x.Handle, x.Text = path, h, text })
	}
	if b.e.Has("buffered") {
		h = effect.NewWrap(site+":buffer", h)
	}
	b.results = []*effect.Value{h.Typed("file")}
}

// whole is a file opened, filled and closed by one call.
func (b *builder) whole() {
	path := b.part("path")
	if path == nil {
		return
	}
	if isHandle(path) { // save(f), writeFile(handle): the file is open already
		if b.e.Verb == "write" {
			b.add(effect.Write, func(x *effect.Effect) { x.Handle, x.Content = path, b.part("content") })
		}
		return
	}
	mode := b.mode()
	switch {
	case b.e.Verb == "append" && b.part("mode") == nil:
		mode.Access = effect.Appending
	case b.e.Verb == "touch":
		mode.Access = effect.Creating
	case b.part("mode") == nil:
		mode.Access = effect.Truncating
	}
	h := effect.NewOpen(b.c.Site(), path)
	text := b.text()
	b.add(effect.OpenFile, func(x *effect.Effect) { x.Path, x.Handle, x.Mode, x.Text = path, h, mode, text })
	if b.e.Verb != "touch" {
		b.add(effect.Write, func(x *effect.Effect) {
			x.Handle, x.Content, x.Text = h, b.part("content"), text
			if b.e.Has("streams") {
				x.At.Start++ // one call, but the bytes come one after another
			}
		})
	}
	if f := b.part("flush"); f != nil && f.Kind == effect.Lit && f.Name == "true" {
		b.add(effect.Sync, func(x *effect.Effect) { x.Handle = h })
	}
	b.add(effect.Close, func(x *effect.Effect) { x.Handle = h })
}

// stream is a file that is filled while the program goes on.
func (b *builder) stream() {
	if fd := b.part("fd"); fd != nil {
		b.results = []*effect.Value{effect.NewWrap(b.c.Site(), Bottom(fd))}
		return
	}
	path := b.part("path")
	if path == nil {
		return
	}
	mode := b.mode()
	if b.part("mode") == nil {
		mode.Access = effect.Truncating
	}
	h := effect.NewOpen(b.c.Site(), path)
	b.add(effect.OpenFile, func(x *effect.Effect) { x.Path, x.Handle, x.Mode = path, h, mode })
	b.results = []*effect.Value{effect.NewWrap(b.c.Site()+":buffer", h).Typed("file")}
}

// writer is a library's own writer, known to stage the content and rename it:
// the steps are given as if they stood here.
func (b *builder) writer() {
	path := b.part("path")
	if path == nil {
		return
	}
	kind := b.e.Word("kind")
	if f := b.part("unless"); f != nil && lit(f) == "false" {
		kind = "renamed"
	}
	tmp := effect.NewTemp(b.c.Site(), effect.NewDir(path))
	h := effect.NewOpen(b.c.Site(), tmp)
	b.add(effect.MakeTemp, func(x *effect.Effect) {
		x.Path, x.Handle = tmp, h
		x.Mode = effect.Mode{Access: effect.Exclusive, Perm: Perm(b.part("perm"))}
	})
	b.add(effect.Write, func(x *effect.Effect) { x.Handle, x.Content = h, b.part("content") })
	if kind != "renamed" {
		b.add(effect.Sync, func(x *effect.Effect) { x.Handle = h })
	}
	b.add(effect.Close, func(x *effect.Effect) { x.Handle = h })
	b.add(effect.Rename, func(x *effect.Effect) { x.From, x.Path = tmp, path })
	if kind == "durable" {
		b.add(effect.SyncDir, func(x *effect.Effect) { x.Path = effect.NewDir(path) })
	}
	b.results = []*effect.Value{h}
}

// edit is a file that is read and written anew, line by line, if it is so
// asked.
func (b *builder) edit() {
	path, asked := b.part("path"), lit(b.part("needs"))
	if path == nil || asked != "True" && asked != "1" {
		return
	}
	h := effect.NewOpen(b.c.Site(), path)
	b.add(effect.Read, func(x *effect.Effect) { x.Path = path })
	b.add(effect.OpenFile, func(x *effect.Effect) { x.Path, x.Handle, x.Mode.Access = path, h, effect.Truncating })
	b.add(effect.Write, func(x *effect.Effect) { x.Handle, x.At.Start = h, x.At.Start+1 }) // line by line
}

func (b *builder) readFrom(path *effect.Value) {
	if path == nil || isHandle(path) {
		return
	}
	text := b.text()
	b.add(effect.Read, func(x *effect.Effect) { x.Path, x.Text = path, text })
	if b.e.Has("parses") {
		b.add(effect.Parse, func(x *effect.Effect) { x.Path = path })
	}
	b.results = []*effect.Value{effect.NewContent(b.c.Site(), path)}
}

// temp makes a new name, open or not. Results are as the entry's flag says: a
// pair of file and name, the name alone, or an object that is both.
func (b *builder) temp() {
	dir := b.part("dir")
	if dir != nil && (dir.Kind == effect.Empty || dir == System) {
		dir = nil
	}
	path := effect.NewTemp(b.c.Site(), dir)
	if b.e.Verb == "tempdir" {
		b.add(effect.MakeTempDir, func(x *effect.Effect) { x.Path = path })
		b.results = []*effect.Value{path.Typed(b.e.Word("type"))}
		return
	}
	h := effect.NewOpen(b.c.Site(), path)
	b.add(effect.MakeTemp, func(x *effect.Effect) {
		x.Path, x.Handle, x.Mode, x.Text = path, h, effect.Mode{Access: effect.Exclusive, Perm: 0o600}, b.text()
	})
	if b.e.Has("path") {
		b.results = []*effect.Value{path}
		return
	}
	if b.e.Has("pair") {
		b.results = []*effect.Value{h, path}
		return
	}
	if b.e.Has("buffered") {
		h = effect.NewWrap(b.c.Site()+":buffer", h)
	}
	b.results = []*effect.Value{h.Typed("file")}
}
