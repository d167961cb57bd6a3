package keeper

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// model is what is known of a context. What it does not have is unknown, which
// is something else than empty.
type model struct {
	cookies  []string // normalised JSON objects, as the browser lists them
	sorted   []string // the same, for comparing
	listed   bool     // the list was read
	local    map[string]*area
	sessions map[sessionKey]*area
	idb      map[string]database // by origin
	rev      uint64              // grows with each change
	had      bool                // there was a cookie, an entry or a database at some time
}

// area is one storage: all entries of localStorage of one storage key, or of
// sessionStorage of one storage key in one tab.
type area struct {
	items   map[string]string
	known   bool // it was read whole; events have kept it so
	closed  bool // of sessionStorage: its tab is gone
	written bool // it had content at some time
	rev     uint64
	story   story // of localStorage
}

// sessionKey is where a sessionStorage belongs.
type sessionKey struct{ target, storage string }

// database is what an origin's IndexedDB was when it was last read.
type database struct {
	text   json.RawMessage // the list of databases in Playwright's notation
	report Report
	// written: there was a database at some time.
	written bool
}

func newModel() model {
	return model{
		local:    make(map[string]*area),
		sessions: make(map[sessionKey]*area),
		idb:      make(map[string]database),
	}
}

// text turns a string literal into what it stands for, lone surrogates in three
// bytes: the same text always becomes the same string, however it was escaped.
func text(literal json.RawMessage) (string, bool) {
	n, _, err := lossless.Parse(literal, lossless.Options{})
	if err != nil {
		return "", false
	}
	return n.Str()
}

// literal is the one literal for a text.
func literal(s string) []byte { return lossless.NewString(s).Bytes(lossless.OneLine) }

// normalCookie is a cookie with its strings in their one form, so that escapes
// make no difference.
func normalCookie(raw json.RawMessage) (string, bool) {
	n, _, err := lossless.Parse(raw, lossless.Options{})
	if err != nil || n.Kind() != lossless.Object {
		return "", false
	}
	n.Rewrite(normalString)
	return string(n.Bytes(lossless.OneLine)), true
}

func normalString(key string, v *lossless.Node) (string, *lossless.Node) {
	switch v.Kind() {
	case lossless.String:
		s, _ := v.Str()
		return key, lossless.NewString(s)
	case lossless.Object, lossless.Array:
		v.Rewrite(normalString)
	}
	return key, v
}

// setCookies takes a list as the whole truth and reports whether it differs.
func (m *model) setCookies(list []string) bool {
	sorted := slices.Sorted(slices.Values(list))
	if m.listed && slices.Equal(sorted, m.sorted) {
		return false
	}
	m.cookies, m.sorted, m.listed = list, sorted, true
	m.had = m.had || len(list) > 0
	m.rev++
	return true
}

// replace makes items the whole content of an area and reports whether that
// changes anything.
func (m *model) replace(a *area, items map[string]string) bool {
	if a.known && maps.Equal(a.items, items) {
		return false
	}
	a.items, a.known = items, true
	m.touch(a)
	return true
}

// set gives a key a value and reports whether that changes anything.
func (m *model) set(a *area, key, value string) bool {
	if old, ok := a.items[key]; ok && old == value {
		return false
	}
	a.items[key] = value
	m.touch(a)
	return true
}

func (m *model) remove(a *area, key string) bool {
	if _, ok := a.items[key]; !ok {
		return false
	}
	delete(a.items, key)
	m.touch(a)
	return true
}

func (m *model) touch(a *area) {
	m.rev++
	a.rev = m.rev
	a.written = a.written || len(a.items) > 0
	m.had = m.had || a.written
}

// localArea is the localStorage of a storage key; unknown if it is new.
func (m *model) localArea(storage string) *area {
	a := m.local[storage]
	if a == nil {
		a = &area{items: make(map[string]string), story: story{next: make(map[*tab]int)}}
		m.local[storage] = a
	}
	return a
}

// sessionArea is the sessionStorage of a storage key in a tab.
func (m *model) sessionArea(target, storage string) *area {
	key := sessionKey{target, storage}
	a := m.sessions[key]
	if a == nil {
		a = &area{items: make(map[string]string)}
		m.sessions[key] = a
	}
	return a
}
