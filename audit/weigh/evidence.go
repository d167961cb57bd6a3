package weigh

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/protocol"
	"github.com/wholly-go/wholly/audit/splice"
)

// Weigh collects the evidence on a place and sums it up.
func (p *Program) Weigh(pl *protocol.Place) *Weight {
	w := &Weight{Generated: generated(pl)}
	uses := p.uses(pl)
	for _, u := range uses {
		if !u.test || p.tests[pl.At.File] {
			p.use(w, pl, u)
		}
	}
	if complete(pl) {
		w.Guarded = pl.Facts.AbsentAt
	}
	w.cached(pl)
	w.Mark = len(pl.Content) > 0 && !slices.ContainsFunc(pl.Content, func(c *effect.Value) bool { return !mark(c) && !(p.constant(c) && !pl.Facts.OnlyAbsent) })
	p.contents(pl, w)
	p.backup(pl, w)
	w.credentials(pl)
	w.document(pl)
	p.kept(pl, w)
	w.sum(pl, p.tests[pl.Line.File])
	w.Evidence = telling(pl, w.Evidence)
	slices.SortStableFunc(w.Evidence, func(a, b Evidence) int {
		if a.At.File != b.At.File {
			return strings.Compare(a.At.File, b.At.File)
		}
		return a.At.Start - b.At.Start
	})
	return w
}

// telling keeps of each kind of evidence what a person would look at: a few,
// those in the place's own file first.
func telling(pl *protocol.Place, all []Evidence) []Evidence {
	const most = 3
	slices.SortStableFunc(all, func(a, b Evidence) int {
		own := func(e Evidence) int {
			if e.At.File == pl.Line.File {
				return 0
			}
			return 1
		}
		return own(a) - own(b)
	})
	count := map[string]int{}
	return slices.DeleteFunc(all, func(e Evidence) bool {
		count[e.Kind]++
		return count[e.Kind] > most
	})
}

func (w *Weight) add(kind string, at effect.Span, text string) Evidence {
	e := Evidence{kind, at, text}
	for _, o := range w.Evidence {
		if o.Kind == kind && o.At == at {
			return o
		}
	}
	w.Evidence = append(w.Evidence, e)
	return e
}

// use weighs one step on the file.
func (p *Program) use(w *Weight, pl *protocol.Place, u use) {
	st := u.step
	if u.op == effect.Read {
		w.Encodings = append(w.Encodings, Evidence{"encoding", st.At, st.Text.Encoding})
	}
	if u.fn == pl.Func && st.At.File == pl.At.File && st.At.Start > pl.At.Start && u.op != effect.Exists {
		return // read after it was written, to send it or to check it: no load
	}
	switch u.op {
	case effect.Read:
		w.ReadBack = true
		w.add("read-back", st.At, "read back here")
		if shares(pl, st.In) && !p.mends(pl) {
			return // what catches the read's error skips the write as well
		}
		w.answer(pl, st.React, st.At)
	case effect.Parse:
		if !shares(pl, st.In) || p.mends(pl) {
			w.answer(pl, st.React, st.At)
		}
	case effect.Exists:
		if a := st.React.Absent; a == effect.Defaults {
			w.absent(st.React, st.At)
		}
	case effect.Watch:
		w.add("watched", st.At, "somebody is told when it changes")
	case effect.Handout:
		w.add("handed-out", st.At, "another program is given this file")
	}
}

// shares reports whether a read stands in a try block around the write.
func shares(pl *protocol.Place, r *effect.Region) bool {
	t := r.Find(effect.Try)
	return t != nil && slices.Contains(pl.Facts.Tries, t.At)
}

// mends reports whether the place's function answers an error by writing the
// same file.
func (p *Program) mends(pl *protocol.Place) bool {
	return slices.ContainsFunc(p.x.Expand(pl.Func).Steps, func(st splice.Step) bool {
		return writes(&st) && st.In.Within(effect.Handler, effect.OnError) && effect.Same(st.Path, pl.Target)
	})
}

// cached notes that the code calls the file itself a cache: what was in it can
// be made or fetched again. Folders of that name say nothing.
func (w *Weight) cached(pl *protocol.Place) {
	for _, t := range append([]*effect.Value{pl.Target}, pl.Targets...) {
		for _, name := range []string{t.Words, last(t)} {
			if slices.Contains(Words(name), "cache") {
				w.Rebuilt = true
				return
			}
		}
	}
}

// constant reports whether a content stands in the program itself: the next run
// writes it again, unless it only does so where nothing is.
func (p *Program) constant(v *effect.Value) bool {
	v = p.x.Home(v)
	switch v.Kind {
	case effect.Lit, effect.Empty:
		return true
	case effect.Concat, effect.Phi:
		return !slices.ContainsFunc(v.Args, func(a *effect.Value) bool { return !p.constant(a) })
	}
	return false
}

// mark reports whether a content is a process's number or the time and nothing
// else: the next start writes another.
func mark(v *effect.Value) bool {
	switch v.Kind {
	case effect.Random:
		return v.Name == "pid" || v.Name == "clock"
	case effect.Field:
		return strings.EqualFold(v.Name, "pid")
	case effect.Call:
		return len(v.Args) == 1 && v.Args[0] != nil && mark(v.Args[0])
	case effect.Concat:
		marks := 0
		for _, a := range v.Args {
			switch {
			case mark(a):
				marks++
			case a.Kind != effect.Lit:
				return false
			}
		}
		return marks > 0
	}
	return false
}

// contents notes, of a folder that is deleted, who reads a file in it.
func (p *Program) contents(pl *protocol.Place, w *Weight) {
	if !pl.Facts.Tree {
		return
	}
	for _, t := range pl.Targets {
		for _, u := range p.below[t.Key()] {
			if (u.op == effect.Read || u.op == effect.Exists) && !u.test {
				w.ReadBack = true
				w.add("read-back", u.step.At, "a file in it is read here")
				return
			}
		}
	}
}

// generated reports whether content is made up on the spot: an identifier.
func generated(pl *protocol.Place) bool {
	return slices.ContainsFunc(pl.Content, func(c *effect.Value) bool {
		return c.Any(func(v *effect.Value) bool {
			return v.Kind == effect.Random && v.Name == "random" || v.Kind == effect.Call && strings.Contains(strings.ToLower(v.Name), "uuid")
		})
	})
}

// answer notes what a reader does when it cannot read.
func (w *Weight) answer(pl *protocol.Place, r effect.Reaction, at effect.Span) {
	if r.At.Line > 0 {
		at = r.At
	}
	switch r.Broken {
	case effect.Defaults:
		w.Defaults = w.add("defaults-on-error", at, "a load error ends in defaults")
		w.Rebuilt = w.Rebuilt || pl.Facts.OnlyAbsent || w.Generated
	case effect.Rebuilds:
		w.Rebuilt = true
	}
	if r.Absent == effect.Defaults {
		w.absent(r, at)
	}
}

func (w *Weight) absent(r effect.Reaction, at effect.Span) {
	if r.At.Line > 0 {
		at = r.At
	}
	w.Absence = Evidence{"absence-is-empty", at, "a missing file counts as nothing saved"}
}

// complete reports whether the producer runs only when the name is absent, and
// takes its time: what is there is taken for whole.
func complete(pl *protocol.Place) bool {
	return pl.Facts.OnlyAbsent && pl.Facts.Writes > 0 && (pl.Facts.Streamed || fetches(pl.API))
}

// fetches reports whether a call fills its target from elsewhere, piece by
// piece.
func fetches(api string) bool {
	api = strings.ToLower(api)
	for _, w := range []string{"retrieve", "extract", "unpack", "download", "pipeline"} {
		if strings.Contains(api, w) {
			return true
		}
	}
	return false
}

// backup asks whether anything reads the name that the old content is given.
func (p *Program) backup(pl *protocol.Place, w *Weight) {
	b := pl.Facts.Backup
	if b == nil {
		return
	}
	pl.Facts.BackupRead = pl.Facts.Restore
	for _, alt := range p.x.Home(b).Alternatives() {
		for _, u := range append(p.byHome[alt.Key()], p.byName[tail(pl.Func, alt)]...) {
			if u.op == effect.Read || u.op == effect.Copy || u.op == effect.Rename || u.op == effect.Move {
				pl.Facts.BackupRead = true
			}
		}
	}
	w.BackupRead = pl.Facts.BackupRead
}

// credentials looks at what is written: the names by which the code calls it
// and its type.
func (w *Weight) credentials(pl *protocol.Place) {
	word := ""
	for _, c := range pl.Content {
		if word == "" {
			word = speaks(c)
		}
	}
	for _, t := range append([]*effect.Value{pl.Target}, pl.Targets...) {
		if word == "" {
			word = secret(last(t))
		}
	}
	if word != "" {
		w.Credentials = true
		w.add("credentials", pl.At, "credentials ("+word+")")
	}
}

// speaks returns the word by which a content is known as credentials: its own
// name or type, or that of what it is a serialised form of. What some function
// made with the help of a secret is none.
func speaks(v *effect.Value) string {
	if v == nil || v.Kind == effect.Lit || harmless(v.Words) || v.Kind == effect.Call && harmless(v.Name) {
		return ""
	}
	names := append([]string{v.Words, v.Name, v.Type}, v.Names...)
	if i := strings.LastIndexByte(v.Name, '.'); v.Kind == effect.Call && i > 0 {
		names = append(names, v.Name[:i]) // made by a method of the class Credentials
	}
	for _, name := range names {
		if w := secret(name); w != "" {
			return w
		}
	}
	switch v.Kind {
	case effect.Open, effect.Wrap, effect.Temp, effect.Content:
		return ""
	case effect.Field:
		if harmless(v.Name) {
			return ""
		}
	case effect.Call:
		if !protocol.Serialises(v.Name) {
			return ""
		}
	}
	for _, a := range v.Args {
		if w := speaks(a); w != "" {
			return w
		}
	}
	return ""
}

// harmless reports whether a name says that what it gives is no secret, or no
// longer one.
func harmless(name string) bool {
	name = name[strings.LastIndexAny(name, "./")+1:]
	return slices.ContainsFunc(Words(name), func(w string) bool { return slices.Contains(innocent, w) })
}

var innocent = []string{"redact", "redacted", "mask", "masked", "strip", "scrub", "hide", "hidden", "hash", "hashed", "encrypt", "encrypted",
	"public", "pub", "count", "has", "is", "usage", "without", "request", "csr"}

var secrets = []string{"password", "passwd", "passphrase", "secret", "secrets", "credential", "credentials", "creds", "cookie", "cookies",
	"apikey", "privatekey", "private_key", "api_key", "access_token", "refresh_token", "auth_token", "authtoken", "storage_state",
	"storagestate", "token", "cloudauthconfig"}

// markers are words that make a token a place in a sequence or a piece of text.
var markers = []string{"count", "usage", "pos", "file", "sync", "page", "next", "continue", "continuation", "cursor", "resume", "start", "end",
	"cancel", "special", "pad", "eos", "bos", "stop", "type", "kind", "list"}

// secret returns the word of a name that speaks of credentials: a whole word
// of it, in camel or snake case. Plural tokens are counted, not kept.
func secret(name string) string {
	if i := strings.LastIndexAny(name, "./"); i >= 0 {
		name = name[i+1:]
	}
	words := Words(name)
	joined := strings.Join(words, "_")
	for _, s := range secrets {
		if joined == s || slices.Contains(words, s) || strings.Contains("_"+joined+"_", "_"+s+"_") {
			if s == "token" && slices.ContainsFunc(words, func(w string) bool { return slices.Contains(markers, w) }) {
				continue
			}
			return s
		}
	}
	return ""
}

// Words splits a name at case, underscores and dashes, in lower case.
func Words(name string) []string {
	var words []string
	start := 0
	flush := func(end int) {
		if w := strings.Trim(name[start:end], "_-. "); w != "" {
			words = append(words, strings.ToLower(w))
		}
		start = end
	}
	for i := 1; i < len(name); i++ {
		c, prev := name[i], name[i-1]
		if c == '_' || c == '-' || c == '.' || c == ' ' || c >= 'A' && c <= 'Z' && (prev < 'A' || prev > 'Z') {
			flush(i)
		}
	}
	if name != "" {
		flush(len(name))
	}
	return words
}

// document notes a rewrite of what belongs to the user: named on the command
// line, or the program's own configuration.
func (w *Weight) document(pl *protocol.Place) {
	if pl.Facts.ReadBefore && !pl.Facts.OnlyAbsent && !w.Generated {
		w.ReadBack = true
		w.add("read-modify-write", pl.At, "read before it is written, in the same function")
	}
	named := false
	for _, t := range pl.Targets {
		if t.Any(func(v *effect.Value) bool { return v.Kind == effect.Global && v.Name == "os.Executable()" }) {
			w.add("handed-out", pl.At, "it is the program itself: the next start runs it")
		}
		named = named || t.Any(func(v *effect.Value) bool { return v.Kind == effect.Global && v.Name == effect.Arguments })
	}
	switch {
	case pl.Facts.OnlyAbsent, w.Generated:
	case pl.Facts.ReadBefore && named:
		w.add("users-file", pl.At, "the user named this file")
	case pl.Facts.ReadBefore && config(last(pl.Target)):
		w.add("configuration", pl.At, fmt.Sprintf("configuration (%s)", last(pl.Target)))
	}
}

// last is the last literal element of a path, "" if it has none.
func last(v *effect.Value) string {
	for v != nil {
		switch v.Kind {
		case effect.Lit:
			return path.Base(v.Name)
		case effect.Join, effect.Concat:
			v = v.Args[len(v.Args)-1]
		case effect.Phi:
			for _, a := range v.Alternatives() {
				if l := last(a); l != "" {
					return l
				}
			}
			return ""
		default:
			return ""
		}
	}
	return ""
}

func config(name string) bool {
	stem := strings.TrimSuffix(name, path.Ext(name))
	for _, w := range Words(stem) {
		switch w {
		case "config", "configuration", "settings", "preferences", "prefs", "options":
			return true
		}
	}
	switch path.Ext(name) {
	case ".ini", ".cfg", ".conf", ".env":
		return true
	}
	return name == ".env" || name == "package.json"
}
