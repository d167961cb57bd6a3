package storagestate

import (
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Mode says what it means that the new state lacks something.
type Mode uint8

const (
	// Union adds and updates; it removes nothing that is alive.
	Union Mode = iota
	// Replace takes the new state as the whole truth for what it covers, so
	// that a logout stays one: all cookies, if it has a list of them, and each
	// kind of storage that it has for an origin, an empty one too.
	Replace
)

// Options of [Merge] and [Merge3].
type Options struct {
	Mode Mode
	// Now decides which cookies are over; zero is the present moment.
	Now time.Time
	// Origins are covered under Replace although the new state may not list
	// them, or not every kind: browser-use leaves out what is empty.
	Origins []string
	// AllOrigins covers every origin under Replace: what is not listed has no
	// web storage any more.
	AllOrigins bool
	// OursAt and TheirsAt are when the sides of a Merge3 were written, for
	// items whose time the file does not tell. Zero is not known.
	OursAt, TheirsAt time.Time
}

// Merge returns old with new brought in, in old's dialect, layout and order; new
// cookies come behind in their order, new origins sorted. Expired cookies go.
// Items are cookies, entries of web storage, databases and passkeys. One that new
// says anew is replaced whole, in its place; one of which it says nothing that
// old does not say is kept as it was written, with what only old knows. What new does not capture is kept: a kind of storage that an origin
// lacks or has as null, IndexedDB, passkeys, unknown keys. Items of old without
// an identity stay, those of new are skipped. Both states stay as they are; a
// nil one is empty.
func Merge(old, new *State, o Options) (*State, Report) {
	m := newMerger(&old, &new, o)
	root := old.root.Shallow()
	m.covered = make(map[string]bool, len(o.Origins))
	for _, origin := range o.Origins {
		m.covered[origin] = true
	}
	// Under Replace too, a state that does not have the list says nothing
	// about cookies: a capture of origins alone logs nobody out.
	removes := o.Mode == Replace && new.lists("cookies")
	cookies := m.cookieList().merge(old.cookies(), new.cookies(), removes)
	if root.Kind() == lossless.Array {
		root.SetItems(cookies)
		return m.result(old, root)
	}
	root.Set("cookies", lossless.NewArray(cookies...))
	root.Set("origins", lossless.NewArray(m.origins(old.origins(), new.origins())...))
	m.topKeys(root, new.root)
	return m.result(old, root)
}

// merger is one merge on its way.
type merger struct {
	Options
	dialect Dialect
	lax     bool // the new state comes from Playwright
	mixed   bool // the sides of a merge of three are in several dialects
	covered map[string]bool
	clock   clock
	report  Report
}

// newMerger settles the dialect. A bare list becomes a document if there is more
// to hold than cookies; then old is replaced.
func newMerger(old, new **State, o Options) *merger {
	for _, s := range []**State{old, new} {
		if *s == nil {
			*s = New()
		}
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	m := &merger{Options: o, dialect: (*old).dialect, lax: (*new).dialect == Playwright}
	fromNew := (*new).dialect
	if fromNew == Unknown || fromNew == BareList {
		fromNew = Playwright
	}
	switch {
	case m.dialect == Unknown && (*new).dialect != Unknown:
		m.dialect = fromNew
	case m.dialect == BareList && (*new).holdsMore():
		m.dialect = fromNew
		*old, m.report = Convert(*old, m.dialect)
		m.report.Unchanged = 0
	}
	m.report.Dialect = m.dialect
	return m
}

// holdsMore reports whether there is anything besides cookies.
func (s *State) holdsMore() bool {
	for key, v := range s.root.Members() {
		if key != "cookies" && (key != "origins" || v.Len() > 0) {
			return true
		}
	}
	return false
}

// lists reports whether the state has a list under key, empty or not.
func (s *State) lists(key string) bool {
	return s.root.Kind() == lossless.Array && key == "cookies" || s.root.Get(key).Kind() == lossless.Array
}

func (m *merger) result(old *State, root *lossless.Node) (*State, Report) {
	return &State{root: root, dialect: m.dialect, indent: old.indent}, m.report
}

func (m *merger) cookieList() *list[CookieKey] {
	return &list[CookieKey]{
		report: &m.report,
		id:     keyOf,
		item:   func(k CookieKey) Item { return Item{Kind: KindCookie, CookieKey: k} },
		bad:    Item{Kind: KindCookie},
		same:   func(was, is *lossless.Node) bool { return sameCookie(was, is, m.lax) },
		alike:  m.alike,
		take: func(c *lossless.Node) (*lossless.Node, []string) {
			if fits(c, m.dialect) {
				return c, nil
			}
			return convertCookie(c, m.dialect)
		},
		dead: func(c *lossless.Node) bool { return expired(c, m.Now) },
	}
}

// topKeys takes over the keys of new beside cookies and origins.
func (m *merger) topKeys(root, new *lossless.Node) {
	for key, v := range new.Members() {
		switch key {
		case "cookies", "origins":
		case "credentials":
			m.replaceList(root, key, v, m.named(KindCredential, ""))
		default:
			m.unknownKey(root, "", key, v)
		}
	}
}

// replaceList merges the list v into the one that in has under key.
func (m *merger) replaceList(in *lossless.Node, key string, v *lossless.Node, l *list[string]) {
	switch v.Kind() {
	case lossless.Null:
	case lossless.Array:
		old := in.Get(key)
		if kind := old.Kind(); kind != lossless.Array && kind != lossless.Absent && kind != lossless.Null {
			m.report.add(Dropped, l.bad, "it was no list")
		}
		in.Set(key, lossless.NewArray(l.merge(old.Items(), v.Items(), m.Mode == Replace)...))
	default:
		m.report.add(Skipped, l.bad, "it is no list")
	}
}

func (m *merger) unknownKey(in *lossless.Node, origin, key string, v *lossless.Node) {
	item := Item{Kind: KindKey, Origin: origin, Key: key}
	switch old := in.Get(key); {
	case old == nil:
		m.report.add(Added, item, "")
	case lossless.Same(old, v):
		m.report.Unchanged++
		return
	default:
		m.report.add(Updated, item, "")
	}
	in.Set(key, v)
}
