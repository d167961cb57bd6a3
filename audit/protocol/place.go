package protocol

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

// Place is a site as the whole program shows it.
type Place struct {
	*Site
	Line     effect.Span     // where it is reported: the raw call, or the call of the writer
	Targets  []*effect.Value // what it writes, as comparable between functions
	Callers  []*Site         // the same raw call, reached from elsewhere
	IsWriter bool            // it writes what a caller names: a helper
}

// program is all sites of all functions, by raw call.
type program struct {
	x     *splice.Index
	byRaw map[string][]*Site
	out   []*Place
}

// Places judges every function of the index and returns the places that write,
// in order of file and line. A helper that only forwards its parameter is
// delegated: its callers are judged. A file that is opened here and published
// by a caller, or by another method of the same type, is judged there.
func Places(x *splice.Index) []*Place {
	p := &program{x: x, byRaw: map[string][]*Site{}}
	var order []string
	for _, f := range x.Funcs {
		if !x.Touches(f) {
			continue
		}
		for _, s := range append(Sites(x.Expand(f)), p.finished(x.Expand(f))...) {
			if x.Test(f.At.File) && !x.Test(s.At.File) {
				continue // what a test does with the product's code says nothing of the product
			}
			if p.byRaw[s.Raw()] == nil {
				order = append(order, s.Raw())
			}
			p.byRaw[s.Raw()] = append(p.byRaw[s.Raw()], s)
		}
	}
	for _, raw := range order {
		p.merge(p.byRaw[raw])
	}
	p.dropCommits()
	slices.SortStableFunc(p.out, func(a, b *Place) int {
		return cmp.Or(cmp.Compare(a.Line.File, b.Line.File), a.Line.Start-b.Line.Start)
	})
	return p.out
}

// dropCommits takes out the renames and copies that publish what another place
// wrote: they are its last step, not places of their own.
func (p *program) dropCommits() {
	commits := map[string]bool{}
	for _, pl := range p.out {
		if pl.Verdict == Moved || pl.Verdict == Publish || pl.Staged == nil {
			continue
		}
		for i := range pl.Steps {
			st := &pl.Steps[i]
			copied := pl.Verdict == CopyOver && st.Op == effect.Copy && effect.Same(st.Path, pl.Target)
			if (publishes(st) || copied) && pl.Raw() != st.At.Site() {
				commits[st.At.Site()] = true
			}
		}
	}
	p.out = slices.DeleteFunc(p.out, func(pl *Place) bool {
		direct := pl.Staged == nil && pl.Verdict != CopyOver && !pl.IsWriter
		return (pl.Verdict == Moved || pl.Verdict == Publish || direct) && commits[pl.Raw()]
	})
}

func (p *program) merge(sites []*Site) {
	var own *Site
	var calls []*Site
	for _, s := range sites {
		if len(s.Through) == 0 {
			own = s
		} else if p.forwarded(s, sites) {
			calls = append(calls, s)
		}
	}
	if own == nil {
		p.each(calls)
		return
	}
	own = around(own, sites)
	closed := slices.DeleteFunc(slices.Clone(calls), open)
	switch {
	case p.escapes(own):
		if through := p.published(own); through != nil {
			p.add(through, through.At, calls)
		} else if len(calls) > 0 {
			for i, c := range calls { // kept by a caller's type, which publishes it
				if t := p.published(c); t != nil {
					calls[i] = t
				}
			}
			p.each(calls)
		} else {
			p.add(own, own.At, nil)
		}
	case open(own) && len(closed) > 0 && forwards(own):
		p.delegate(own, closed)
	case open(own) && own.Verdict.Good():
		p.writer(own, calls)
	default:
		p.add(own, own.At, calls)
	}
}

// around returns what the function around a nested one shows of the same write,
// if it stages it or moves the old file away; else own.
func around(own *Site, sites []*Site) *Site {
	for _, c := range sites {
		if strings.HasPrefix(own.Func.ID, c.Func.ID+".") && own.Staged == nil && (c.Staged != nil || c.Verdict == Window) {
			return c
		}
	}
	return own
}

// forwarded reports whether s shows something that the callee itself does not:
// seen from the callee, the target was still open.
func (p *program) forwarded(s *Site, sites []*Site) bool {
	for _, o := range sites {
		if o.Func == s.Through[0].Func && len(o.Through) == len(s.Through)-1 {
			return open(o) || p.escapes(o)
		}
	}
	return true
}

// open reports whether the caller decides the target: it stands on a bare
// parameter. A field of a parameter of a known type is that type's field.
func open(s *Site) bool { return onParam(s.Target, s.Func.ID) }

func onParam(v *effect.Value, fn string) bool {
	if v == nil || v.Kind == effect.Field && v.Args[0].Type != "" {
		return false
	}
	if v.Kind == effect.Param && v.Name == fn {
		return true
	}
	for _, a := range v.Args {
		if v.Kind != effect.Open && v.Kind != effect.Wrap && onParam(a, fn) {
			return true
		}
	}
	return false
}

// forwards reports whether a helper adds nothing of its own: target and
// content are the caller's, the write is direct, and it asks no questions.
func forwards(s *Site) bool {
	if s.Staged != nil || s.Verdict == Window || names(s.Target) {
		return false
	}
	if s.Facts.Asked || s.Facts.Errors == effect.Logged || s.Facts.Errors == effect.Dropped {
		return false
	}
	for _, c := range s.Content {
		if handed(c, s.Func.ID) {
			return s.Target.Kind != effect.Phi
		}
	}
	return false
}

// names reports whether a path's last element is, or holds, a word that stands
// in the source: the helper then decides which file it is.
func names(v *effect.Value) bool {
	last := v
	if v.Kind == effect.Join {
		last = v.Args[len(v.Args)-1]
	}
	return last.Kind == effect.Lit || last.Kind == effect.Concat && slices.ContainsFunc(last.Args, func(a *effect.Value) bool {
		return a.Kind == effect.Lit
	})
}

// handed reports whether content is a parameter, as it is or serialised.
func handed(c *effect.Value, fn string) bool {
	switch c.Kind {
	case effect.Param:
		return c.Name == fn
	case effect.Call:
		return Serialises(c.Name) && slices.ContainsFunc(c.Args, func(a *effect.Value) bool { return handed(a, fn) })
	case effect.Concat, effect.Phi:
		return slices.ContainsFunc(c.Args, func(a *effect.Value) bool { return handed(a, fn) })
	}
	return false
}

// Serialises reports whether a function of this name gives what it is given, in
// another form.
func Serialises(name string) bool {
	name = strings.ToLower(name[strings.LastIndexAny(name, "./")+1:])
	return slices.ContainsFunc([]string{"dump", "marshal", "encode", "stringify", "serialize", "serialise", "bytes", "str", "json", "yaml", "pem", "format"},
		func(w string) bool { return strings.Contains(name, w) })
}

// escapes reports whether the function hands out the file that it opened, or
// keeps it in its receiver: somebody else finishes the work.
func (p *program) escapes(s *Site) bool {
	if s.Staged != nil {
		return false
	}
	ex := p.x.Expand(s.Func)
	out := func(v *effect.Value) bool {
		return v.Any(func(q *effect.Value) bool {
			return q.Kind == effect.Open && s.opened(q) || q.Kind == effect.Temp && q.Key() == s.Target.Key()
		}) || v.Inner() != nil && s.opened(v.Inner())
	}
	for _, r := range ex.Results {
		if out(r) {
			return true
		}
	}
	for _, set := range ex.Sets {
		if out(set.Value) {
			return true
		}
	}
	return false
}

func (s *Site) opened(h *effect.Value) bool {
	for i := range s.Steps {
		if in := s.Steps[i].Handle.Inner(); in != nil && in.Key() == h.Key() {
			return true
		}
	}
	return false
}

// published looks for the method of the same type that publishes what s
// opened. The names are compared: building the type proves nothing.
func (p *program) published(s *Site) *Site {
	ex := p.x.Expand(s.Func)
	var best *Site
	for _, obj := range splice.Made(ex) {
		for _, m := range p.x.Methods(obj.Type) {
			if m == s.Func || !p.x.Touches(m) {
				continue
			}
			with := p.x.With(ex, obj, m)
			for _, t := range append(Sites(with), opened(with)...) {
				if t.Raw() == s.Raw() && t.Staged != nil && (best == nil || rank(t.Verdict) > rank(best.Verdict)) {
					best = t
				}
			}
		}
	}
	return best
}

// finished returns what a function opens for a type of the project to write
// and publish.
func (p *program) finished(ex *splice.Expanded) []*Site {
	if len(splice.Made(ex)) == 0 {
		return nil
	}
	var sites []*Site
	for _, s := range opened(ex) {
		if t := p.published(s); t != nil {
			sites = append(sites, t)
		}
	}
	return sites
}

func rank(v Verdict) int {
	return slices.Index([]Verdict{InPlace, CopyOver, Window, Atomic, AtomicSynced, Durable}, v)
}

// each reports what only callers complete: one place if they agree, else one
// for each.
func (p *program) each(calls []*Site) {
	if len(calls) == 0 {
		return
	}
	same := true
	for _, c := range calls {
		same = same && c.Verdict == calls[0].Verdict
	}
	if same {
		p.add(calls[0], calls[0].At, calls[1:])
		return
	}
	for _, c := range calls {
		p.add(c, c.Through[0].At, nil)
	}
}

func (p *program) add(s *Site, line effect.Span, calls []*Site) *Place {
	for _, c := range calls {
		if worse(c.Facts.Errors, s.Facts.Errors) { // returned here, and swallowed by a caller
			own := *s
			own.Facts.Errors, own.Facts.ErrorsAt = c.Facts.Errors, c.Facts.ErrorsAt
			s = &own
		}
	}
	if s.Staged == nil && s.Verdict != Delegated && p.x.Passing(s.Target) {
		own := *s
		own.Verdict = Scratch
		s = &own
	}
	for _, v := range []Verdict{Device, Scratch} {
		if len(calls) > 0 && open(s) && !slices.ContainsFunc(calls, func(c *Site) bool { return c.Verdict != v }) {
			own := *s
			own.Verdict = v
			s = &own
		}
	}
	pl := &Place{Site: s, Line: line, Callers: calls}
	pl.Targets = p.homes(append([]*Site{s}, calls...))
	pl.IsWriter = open(s)
	p.out = append(p.out, pl)
	return pl
}

func (p *program) homes(sites []*Site) []*effect.Value {
	var homes []*effect.Value
	for _, s := range sites {
		for _, alt := range s.Target.Alternatives() {
			for _, h := range p.x.Home(alt).Alternatives() {
				if !slices.ContainsFunc(homes, func(o *effect.Value) bool { return o.Key() == h.Key() }) {
					homes = append(homes, h)
				}
			}
		}
	}
	return homes
}

// delegate lists the forwarding helper and judges its callers.
func (p *program) delegate(own *Site, calls []*Site) {
	d := *own
	d.Writer, d.Verdict = own.Verdict, Delegated
	p.add(&d, own.At, nil)
	for _, c := range calls {
		p.add(c, c.Through[0].At, nil)
	}
}

// writer judges the helper by its body alone, and lists its callers as delegated
// to it.
func (p *program) writer(own *Site, calls []*Site) {
	p.add(own, own.At, nil)
	for _, c := range calls {
		d := *c
		d.Writer, d.Verdict = c.Verdict, Delegated
		p.add(&d, c.Through[0].At, nil)
	}
}
