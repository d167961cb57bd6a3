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
		if !x.Touches(f) || f.Hook {
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
	pl.IsWriter = open(s) && !p.x.Test(s.At.File)
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
