package storagestate

import (
	"slices"
	"strings"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// kinds are what an origin has lists of.
var kinds = []Kind{KindLocalStorage, KindSessionStorage, KindIndexedDB}

// captured returns what an origin has of a kind; nil if it says nothing about
// it.
func captured(o *lossless.Node, kind Kind) *lossless.Node {
	n := o.Get(string(kind))
	if unset, _ := o.Get(localStorageUnset).Bool(); n.Kind() == lossless.Null ||
		kind == KindLocalStorage && unset && n.Len() == 0 {
		return nil
	}
	return n
}

// named is a list of a kind whose items are told apart by their names.
func (m *merger) named(kind Kind, origin string) *list[string] {
	return &list[string]{
		report: &m.report,
		id:     entryID(kind),
		item:   func(name string) Item { return Item{Kind: kind, Origin: origin, Key: name} },
		bad:    Item{Kind: kind, Origin: origin},
		same:   lossless.Same,
		alike:  lossless.Same,
		take:   func(n *lossless.Node) (*lossless.Node, []string) { return n, nil },
		dead:   func(*lossless.Node) bool { return false },
	}
}

// originID tells origins apart.
func originID(o *lossless.Node) (name, why string) {
	if name = originOf(o); name == "" {
		return "", "the origin has no name"
	}
	return name, ""
}

// entryID tells apart the items of a kind.
func entryID(kind Kind) func(*lossless.Node) (name, why string) {
	key := "name"
	if kind == KindCredential {
		key = "id"
	}
	return func(n *lossless.Node) (string, string) {
		name, ok := n.Get(key).Str()
		if !ok {
			return "", "it has no " + key
		}
		if _, ok := n.Get("value").Str(); !ok && (kind == KindLocalStorage || kind == KindSessionStorage) {
			return "", "its value is no text"
		}
		return name, ""
	}
}

// readOrigins tells origins apart; what is in them is merged one by one.
func (m *merger) readOrigins(nodes []*lossless.Node, bad Action, known side[string]) side[string] {
	l := list[string]{
		report: &m.report,
		id:     originID,
		item:   func(name string) Item { return Item{Kind: KindOrigin, Origin: name} },
		bad:    Item{Kind: KindOrigin},
	}
	return l.read(nodes, bad, known)
}

// origins merges the origins, in the order of old and then sorted.
func (m *merger) origins(old, new []*lossless.Node) []*lossless.Node {
	was := m.readOrigins(old, Invalid, side[string]{})
	is := m.readOrigins(new, Skipped, was)
	out := make([]*lossless.Node, 0, len(was.entries))
	for _, e := range was.entries {
		n := e.node
		if e.why == "" {
			n = m.origin(e.key, e.node, is.get(e.key))
		}
		if n != nil {
			out = append(out, n)
		}
	}
	var fresh []*lossless.Node
	for _, e := range is.entries {
		if _, known := was.at[e.key]; !known && e.why == "" {
			m.report.add(Added, Item{Kind: KindOrigin, Origin: e.key}, "")
			fresh = append(fresh, m.fresh(e.key, e.node))
		}
	}
	sortOrigins(fresh)
	return append(out, fresh...)
}

func sortOrigins(origins []*lossless.Node) {
	slices.SortStableFunc(origins, func(a, b *lossless.Node) int {
		return strings.Compare(originOf(a), originOf(b))
	})
}

// fresh is an origin that only one side has.
func (m *merger) fresh(name string, new *lossless.Node) *lossless.Node {
	empty := lossless.NewObject()
	empty.Set("origin", lossless.NewString(name))
	return m.bringIn(name, empty, new)
}

// origin merges one origin that old has; new is nil if it is not listed. The
// result is nil if nothing is left of it.
func (m *merger) origin(name string, old, new *lossless.Node) *lossless.Node {
	out := old.Shallow()
	if new != nil {
		out = m.bringIn(name, out, new)
	}
	covered := m.Mode == Replace && (m.AllOrigins || m.covered[name])
	for _, kind := range kinds {
		switch {
		case captured(new, kind) != nil:
		case covered && kind != KindIndexedDB:
			m.empty(name, kind, out)
		default:
			m.report.Unchanged += out.Get(string(kind)).Len()
		}
	}
	if covered && new == nil && !holdsData(out) {
		m.report.add(Dropped, Item{Kind: KindOrigin, Origin: name}, ReasonNotInNew)
		return nil
	}
	return out
}

// bringIn puts what new captured into out.
func (m *merger) bringIn(name string, out, new *lossless.Node) *lossless.Node {
	for key, v := range new.Members() {
		switch kind := Kind(key); kind {
		case "origin", localStorageUnset:
		case KindLocalStorage, KindSessionStorage, KindIndexedDB:
			if captured(new, kind) == nil {
				continue
			}
			m.replaceList(out, key, v, m.named(kind, name))
			if kind == KindLocalStorage {
				out.Delete(localStorageUnset)
			}
		default:
			m.unknownKey(out, name, key, v)
		}
	}
	return forPlaywright(out, m.dialect)
}

func forPlaywright(o *lossless.Node, d Dialect) *lossless.Node {
	if d != Playwright {
		return o
	}
	return convertOrigin(o, d)
}

// empty takes the items of a kind away: they are gone from the browser. What
// makes no sense stays.
func (m *merger) empty(name string, kind Kind, out *lossless.Node) {
	if was := out.Get(string(kind)); was.Kind() == lossless.Array {
		left := m.named(kind, name).merge(was.Items(), nil, true)
		out.Set(string(kind), lossless.NewArray(left...))
	}
}

// holdsData reports whether an origin has more than its name and empty lists.
func holdsData(o *lossless.Node) bool {
	for key, v := range o.Members() {
		if key != "origin" && key != localStorageUnset && (v.Kind() != lossless.Array || v.Len() > 0) {
			return true
		}
	}
	return false
}
