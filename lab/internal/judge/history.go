package judge

import (
	"slices"

	"github.com/wholly-go/wholly/lab/internal/mark"
)

// History is what a workload had begun and what had been acknowledged at one
// moment. The zero value is the time before the first mark.
type History struct {
	clock int
	names map[string]*saves
}

// saves are those of one file.
type saves struct {
	spans  map[int]span // by generation
	order  []int        // generations in the order of their beginning
	newest int          // beginning of the save that began last of the acknowledged
	acked  bool         // one was acknowledged, after the start
	open   int          // saves under way
}

// span is when a save began and was acknowledged. What was there at the start
// was both before the first mark: generation g ≤ 0 at the time g.
type span struct {
	begun, acked int
	done, void   bool
}

// Add takes the next mark into account.
func (h *History) Add(m mark.Mark) {
	if m.Name == "" {
		return
	}
	if h.names == nil {
		h.names = map[string]*saves{}
	}
	s := h.names[m.Name]
	if s == nil {
		s = &saves{spans: map[int]span{}, newest: -1 << 31}
		h.names[m.Name] = s
	}
	h.clock++
	switch m.Verb {
	case mark.Begin:
		s.begin(m.Gen, h.clock)
	case mark.Ack:
		s.ack(m.Gen, h.clock)
	case mark.Void:
		s.drop(m.Gen)
	}
}

func (s *saves) begin(gen, now int) {
	s.forget(gen)
	sp := span{begun: now}
	if gen <= 0 {
		sp = span{begun: gen, acked: gen, done: true}
		s.newest = max(s.newest, gen)
	} else {
		s.open++
	}
	s.spans[gen] = sp
	s.order = append(s.order, gen)
	slices.SortStableFunc(s.order, func(a, b int) int { return s.spans[a].begun - s.spans[b].begun })
}

func (s *saves) ack(gen, now int) {
	sp, begun := s.spans[gen]
	if !begun || sp.done || sp.void {
		return
	}
	sp.acked, sp.done = now, true
	s.spans[gen] = sp
	s.newest = max(s.newest, sp.begun)
	s.acked = true
	s.open--
}

func (s *saves) drop(gen int) {
	sp, begun := s.spans[gen]
	if !begun {
		return
	}
	s.forget(gen)
	sp.void = true
	s.spans[gen] = sp
}

// forget takes gen out of what is under way and what was.
func (s *saves) forget(gen int) {
	if sp, ok := s.spans[gen]; ok && !sp.done && !sp.void {
		s.open--
	}
	s.order = slices.DeleteFunc(s.order, func(g int) bool { return g == gen })
}

// of returns the saves of a file; of one without a mark there are none.
func (h *History) of(name string) *saves {
	if s := h.names[name]; s != nil {
		return s
	}
	return &saves{}
}

// existed reports whether the file was there at the start.
func (s *saves) existed() bool {
	_, ok := s.spans[0]
	return ok
}

// allows says whether generation gen may be found: Good if it was begun and no
// save that began after gen was acknowledged has been acknowledged itself.
func (s *saves) allows(gen int) Outcome {
	switch sp, begun := s.spans[gen]; {
	case !begun || sp.void:
		return Future
	case sp.done && s.newest > sp.acked:
		return Lost
	}
	return Good
}

// best is allows for a content that is that of several generations.
func (s *saves) best(gens []int) Outcome {
	verdict := Future
	for _, g := range gens {
		switch o := s.allows(g); o {
		case Good:
			return Good
		case Lost:
			verdict = Lost
		}
	}
	return verdict
}

// earlier returns the generations before the newest, newest first: n at most.
// It is meant for when no save is under way.
func (s *saves) earlier(n int) (gens []int) {
	for i := len(s.order) - 2; i >= 0 && len(gens) < n; i-- {
		gens = append(gens, s.order[i])
	}
	return gens
}
