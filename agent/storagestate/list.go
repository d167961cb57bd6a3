package storagestate

import "github.com/wholly-go/wholly/agent/internal/lossless"

// list says how the items of one list of a state are told apart, and what is to
// be done to them. Cookies, storage, databases and passkeys are lists.
type list[K comparable] struct {
	report *Report
	id     func(*lossless.Node) (key K, why string) // why it has none, if not empty
	item   func(K) Item
	bad    Item // names an item without an identity, but for its number
	// same reports whether is says nothing that was does not say.
	same func(was, is *lossless.Node) bool
	// alike reports whether both say the same, in a merge of three.
	alike func(a, b *lossless.Node) bool
	// take puts an item of the other side into the dialect of the result; nil
	// if it cannot be there.
	take func(*lossless.Node) (*lossless.Node, []string)
	dead func(*lossless.Node) bool
}

// side is a list taken apart: each identity once, the last of several in the
// place of the first.
type side[K comparable] struct {
	entries []entry[K]
	at      map[K]int
}

type entry[K comparable] struct {
	key  K
	node *lossless.Node
	why  string // it has no identity
}

func (s side[K]) get(key K) *lossless.Node {
	if i, ok := s.at[key]; ok {
		return s.entries[i].node
	}
	return nil
}

// read takes nodes apart and reports what makes no sense as bad; quietly not
// if known has the same already.
func (l *list[K]) read(nodes []*lossless.Node, bad Action, known side[K]) side[K] {
	s := side[K]{make([]entry[K], 0, len(nodes)), make(map[K]int, len(nodes))}
	texts := known.badTexts()
	for i, n := range nodes {
		key, why := l.id(n)
		if why != "" {
			if bad != "" && !texts[string(n.Bytes(lossless.OneLine))] {
				item := l.bad
				item.Index = i + 1
				l.report.add(bad, item, why)
			}
			s.entries = append(s.entries, entry[K]{node: n, why: why})
			continue
		}
		if at, twice := s.at[key]; twice {
			if bad != "" {
				l.report.add(Dropped, l.item(key), ReasonDuplicate)
			}
			s.entries[at].node = n
			continue
		}
		s.at[key] = len(s.entries)
		s.entries = append(s.entries, entry[K]{key: key, node: n})
	}
	return s
}

func (s side[K]) badTexts() map[string]bool {
	texts := map[string]bool{}
	for _, e := range s.entries {
		if e.why != "" {
			texts[string(e.node.Bytes(lossless.OneLine))] = true
		}
	}
	return texts
}

// merge brings new into old: what old has keeps its place, what is new comes
// behind it. If removes, what new lacks goes. Linear in both.
func (l *list[K]) merge(old, new []*lossless.Node, removes bool) []*lossless.Node {
	was := l.read(old, Invalid, side[K]{})
	is := l.read(new, Skipped, was)
	out := make([]*lossless.Node, 0, len(was.entries)+len(is.entries))
	for _, e := range was.entries {
		n := e.node
		if e.why == "" {
			n = l.settle(e.key, e.node, is.get(e.key), removes)
		}
		if n != nil {
			out = append(out, n)
		}
	}
	for _, e := range is.entries {
		if _, known := was.at[e.key]; known || e.why != "" {
			continue
		}
		if n := l.enter(Added, e.key, e.node); n != nil {
			out = append(out, n)
		}
	}
	return out
}

// settle returns what becomes of an item that old has, nil if it goes.
func (l *list[K]) settle(key K, old, new *lossless.Node, removes bool) *lossless.Node {
	switch {
	case new != nil && l.same(old, new):
		return l.keep(key, old)
	case new != nil:
		return l.enter(Updated, key, new)
	case !l.dead(old) && removes:
		l.report.add(Dropped, l.item(key), ReasonNotInNew)
		return nil
	}
	return l.keep(key, old)
}

// keep leaves an item as it is, unless it is over.
func (l *list[K]) keep(key K, n *lossless.Node) *lossless.Node {
	if l.dead(n) {
		l.report.add(Dropped, l.item(key), ReasonExpired)
		return nil
	}
	l.report.Unchanged++
	return n
}

// enter takes an item from the other side.
func (l *list[K]) enter(a Action, key K, n *lossless.Node) *lossless.Node {
	if l.dead(n) {
		l.report.add(Dropped, l.item(key), ReasonExpired)
		return nil
	}
	out, losses := l.take(n)
	if out == nil {
		l.report.add(Skipped, l.item(key), losses[0])
		return nil
	}
	l.report.add(a, l.item(key), "")
	for _, loss := range losses {
		l.report.add(Lossy, l.item(key), loss)
	}
	return out
}
