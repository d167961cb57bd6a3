package protocol

import (
	"slices"

	"github.com/wholly-go/wholly/audit/effect"
	"github.com/wholly-go/wholly/audit/splice"
)

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
