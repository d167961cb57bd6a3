package storagestate

import (
	"strconv"
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Merge3 returns theirs, what stands in the file now, with the changes that we
// made since base brought in. Each cookie, each key of web storage, each
// database, passkey and unknown key is settled alone:
//
//	changed by one side       the change
//	deleted, not changed      deleted
//	deleted and changed       the change
//	changed by both           the later one, by "changed" in the "keeper" of each
//	                          side, else by OursAt and TheirsAt; if that does not
//	                          tell, the cookie that lives longer, else theirs
//
// An origin that a side lacks was deleted by it, with all that is in it; a kind
// of storage that an origin lacks, a missing list of cookies, and missing
// unknown keys were not captured, and count as unchanged: write an empty list
// for what was emptied. Dialect, layout and order are those of theirs; Mode and
// the fields of Replace are not used. No state is changed; a nil one is empty.
func Merge3(base, ours, theirs *State, o Options) (*State, Report) {
	m := newMerger(&theirs, &ours, o)
	if base == nil {
		base = &State{root: lossless.NewObject()}
	}
	m.mixed = base.dialect != ours.dialect || base.dialect != theirs.dialect
	m.lax = m.mixed && (m.lax || base.dialect == Playwright || theirs.dialect == Playwright)
	m.clock = clock{ours.changed(), theirs.changed(), o.OursAt, o.TheirsAt}
	root := theirs.root.Shallow()
	cookies := m.cookieList().merge3(base.cookies(), ours.listOr(base, "cookies"), theirs.listOr(base, "cookies"), m.oursWins)
	if root.Kind() == lossless.Array {
		root.SetItems(cookies)
		return m.result(theirs, root)
	}
	root.Set("cookies", lossless.NewArray(cookies...))
	origins := m.origins3(base.origins(), ours.listOr(base, "origins"), theirs.listOr(base, "origins"))
	root.Set("origins", lossless.NewArray(origins...))
	m.keys3("", root, base.root, ours.root, theirs.root)
	return m.result(theirs, root)
}

// listOr is the list under key, or that of base if s does not say.
func (s *State) listOr(base *State, key string) []*lossless.Node {
	of := s
	if !s.lists(key) {
		of = base
	}
	if key == "cookies" {
		return of.cookies()
	}
	return of.origins()
}

// alike reports whether two sides say the same of a cookie. What a dialect
// leaves out is no change of the side that writes it.
func (m *merger) alike(a, b *lossless.Node) bool {
	return equalCookies(a, b) || m.mixed && (sameCookie(a, b, m.lax) || sameCookie(b, a, m.lax))
}

// clock tells when the sides changed an item.
type clock struct {
	ours, theirs     map[string]*lossless.Node // "changed" of "keeper"
	oursAt, theirsAt time.Time
}

func (s *State) changed() map[string]*lossless.Node {
	return index(s.root.Get("keeper").Get("changed"))
}

// oursWins settles an item that both sides have changed.
func (m *merger) oursWins(item Item, ours, theirs *lossless.Node) bool {
	id := item.ID()
	a, b := itemTime(m.clock.ours, id, m.clock.oursAt), itemTime(m.clock.theirs, id, m.clock.theirsAt)
	if a != 0 && b != 0 && a != b {
		return a > b
	}
	if item.Kind != KindCookie {
		return false
	}
	x, _ := expiry(ours)
	y, _ := expiry(theirs)
	return x > y
}

// itemTime is in seconds; 0 is not known.
func itemTime(changed map[string]*lossless.Node, id string, otherwise time.Time) float64 {
	if t := timeOf(changed[id]); t != 0 {
		return t
	}
	if otherwise.IsZero() {
		return 0
	}
	return seconds(otherwise)
}

// timeOf reads a time as seconds of Unix time, or as RFC 3339; 0 if it is none.
func timeOf(n *lossless.Node) float64 {
	if text, ok := n.Number(); ok {
		t, _ := strconv.ParseFloat(string(text), 64)
		return t
	}
	text, _ := n.Str()
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return seconds(t)
	}
	return 0
}

// keys3 settles the keys that are no list of this format: at the top, or of the
// origin.
func (m *merger) keys3(origin string, out, base, ours, theirs *lossless.Node) {
	for key, v := range ours.Members() {
		was, is := base.Get(key), theirs.Get(key)
		switch {
		case origin == "" && key == "credentials":
			m.list3(out, key, base, ours, theirs, m.named(KindCredential, ""))
		case origin == "" && key == "keeper" && is != nil:
			out.Set(key, mergeKeepers(was, v, is))
		case isList(origin, key), is != nil && lossless.Same(v, is), was != nil && lossless.Same(was, v):
		case is == nil || was != nil && lossless.Same(was, is):
			m.unknownKey(out, origin, key, v)
		case m.oursWins(Item{Kind: KindKey, Origin: origin, Key: key}, v, is):
			m.unknownKey(out, origin, key, v)
		}
	}
}

// isList reports whether key is one of the lists that are merged item by item.
func isList(origin, key string) bool {
	if origin == "" {
		return key == "cookies" || key == "origins"
	}
	return key == "origin" || key == localStorageUnset || key == string(KindLocalStorage) ||
		key == string(KindSessionStorage) || key == string(KindIndexedDB)
}

// mergeKeepers takes the record of the side that changed it, theirs if both did,
// with the later time of each item.
func mergeKeepers(base, ours, theirs *lossless.Node) *lossless.Node {
	out := theirs.Shallow()
	if base != nil && lossless.Same(base, theirs) {
		out = ours.Shallow()
	}
	a, b := ours.Get("changed"), theirs.Get("changed")
	if out.Kind() != lossless.Object || a.Kind() != lossless.Object || b.Kind() != lossless.Object {
		return out
	}
	out.Set("changed", laterTimes(a, b))
	return out
}

// laterTimes is the union of two objects of times.
func laterTimes(a, b *lossless.Node) *lossless.Node {
	ours, theirs := index(a), index(b)
	return lossless.ObjectOf(func(yield func(string, *lossless.Node) bool) {
		for id, t := range b.Members() {
			if timeOf(ours[id]) > timeOf(t) {
				t = ours[id]
			}
			if !yield(id, t) {
				return
			}
		}
		for id, t := range a.Members() {
			if theirs[id] == nil && !yield(id, t) {
				return
			}
		}
	})
}

// index is for many look-ups in one object.
func index(n *lossless.Node) map[string]*lossless.Node {
	all := make(map[string]*lossless.Node, n.Len())
	for key, v := range n.Members() {
		all[key] = v
	}
	return all
}

// list3 merges the list under key; a side that does not have it has not
// captured it.
func (m *merger) list3(out *lossless.Node, key string, base, ours, theirs *lossless.Node, l *list[string]) {
	o, t, b := captured(ours, Kind(key)), captured(theirs, Kind(key)), captured(base, Kind(key))
	if o == nil || o.Kind() != lossless.Array {
		m.report.Unchanged += t.Len()
		return
	}
	if t == nil {
		t = b
	}
	if k := t.Kind(); k != lossless.Absent && k != lossless.Array {
		return
	}
	out.Set(key, lossless.NewArray(l.merge3(b.Items(), o.Items(), t.Items(), m.oursWins)...))
	if key == string(KindLocalStorage) {
		out.Delete(localStorageUnset)
	}
}
