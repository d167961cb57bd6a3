package table

import (
	"strconv"
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

func (b *builder) read() {
	path := b.part("path")
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
	if b.e.Has("pair") {
		b.results = []*effect.Value{h, path}
		return
	}
	if b.e.Has("buffered") {
		h = effect.NewWrap(b.c.Site()+":buffer", h)
	}
	b.results = []*effect.Value{h.Typed("file")}
}

func (b *builder) mode() effect.Mode {
	m := effect.Mode{Perm: Perm(b.part("perm"))}
	v := b.part("mode")
	switch {
	case b.e.Has("flags"):
		m.Access, m.Synced = flagAccess(v)
	case v == nil && len(b.c.Named) > 0 && b.c.Named["**"] != nil:
		m.Access = effect.AccessUnknown
	case v == nil:
		m.Access = effect.ReadOnly
	default:
		m.Access, m.Binary = access(v)
	}
	if b.e.Has("binary") {
		m.Binary = !strings.Contains(lit(v), "t")
	}
	return m
}

func (b *builder) text() effect.Text {
	if !b.e.Has("text") {
		return effect.Text{}
	}
	if m := b.mode(); m.Binary {
		return effect.Text{}
	}
	switch v := b.part("enc"); {
	case v == nil || v.Kind == effect.Empty:
		return effect.Text{Encoding: "locale"}
	case v.Kind == effect.Lit:
		return effect.Text{Encoding: strings.ToLower(strings.ReplaceAll(v.Name, "_", "-"))}
	}
	return effect.Text{Encoding: "?"}
}

// access reads a mode of letters. Alternatives must agree.
func access(v *effect.Value) (a effect.Access, binary bool) {
	if v.Kind == effect.Phi {
		for i, alt := range v.Args {
			one, bin := access(alt)
			if i > 0 && one != a {
				return effect.AccessUnknown, bin
			}
			a, binary = one, bin
		}
		return a, binary
	}
	if v.Kind != effect.Lit {
		return effect.AccessUnknown, false
	}
	binary = strings.Contains(v.Name, "b")
	switch m := v.Name; {
	case strings.Contains(m, "O_"):
		a, _ = flagAccess(v)
		return a, true
	case strings.Contains(m, "x"):
		return effect.Exclusive, binary
	case strings.Contains(m, "a"):
		return effect.Appending, binary
	case strings.Contains(m, "w"):
		return effect.Truncating, binary
	case strings.Contains(m, "+"):
		return effect.Updating, binary
	case strings.ContainsAny(m, "rU") || m == "":
		return effect.ReadOnly, binary
	}
	return effect.AccessUnknown, binary
}

// flagAccess reads "O_WRONLY|O_CREAT|O_TRUNC".
func flagAccess(v *effect.Value) (a effect.Access, synced bool) {
	if v == nil {
		return effect.ReadOnly, false
	}
	if v.Kind != effect.Lit || !strings.Contains(v.Name, "O_") {
		if v.Kind == effect.Lit {
			a, _ = access(v)
		}
		return a, false
	}
	has := func(f string) bool { return strings.Contains(v.Name, f) }
	synced = has("O_SYNC") || has("O_DSYNC")
	switch {
	case has("O_EXCL"):
		return effect.Exclusive, synced
	case has("O_APPEND"):
		return effect.Appending, synced
	case has("O_TRUNC"):
		return effect.Truncating, synced
	case has("O_WRONLY") || has("O_RDWR"):
		if has("O_CREAT") {
			return effect.Creating, synced
		}
		return effect.Updating, synced
	}
	return effect.ReadOnly, synced
}

// Perm reads permission bits: -1 where none are named, -2 where they are not
// constant.
func Perm(v *effect.Value) int {
	if v == nil || v.Kind == effect.Empty {
		return -1
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(lit(v), "_", ""), 0, 32)
	if err != nil {
		return -2
	}
	return int(n)
}

func lit(v *effect.Value) string {
	if v == nil || v.Kind != effect.Lit {
		return ""
	}
	return v.Name
}

func isHandle(v *effect.Value) bool {
	return v != nil && (v.Kind == effect.Open || v.Kind == effect.Wrap)
}

// Bottom returns the file under all wraps.
func Bottom(v *effect.Value) *effect.Value {
	for v != nil && v.Kind == effect.Wrap {
		v = v.Args[0]
	}
	return v
}

// IsHandle reports whether v is an open file, or a buffer over one.
func IsHandle(v *effect.Value) bool { return isHandle(v) }
