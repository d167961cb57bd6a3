package storagestate

import (
	"maps"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Same reports whether two states hold the same, in whatever order, layout and
// dialect: every field of every cookie, all storage, unknown keys and items
// that make no sense included. Of "keeper" only the storage in it counts: not when,
// how often and by whom the file was saved, nor what was changed when.
func Same(a, b *State) bool {
	if !sameItems(a.cookies(), b.cookies(), keyOf, equalCookies) ||
		!sameItems(a.origins(), b.origins(), originID, sameOrigins) {
		return false
	}
	return sameKeys(a.root, b.root, func(key string, v, w *lossless.Node) bool {
		switch key {
		case "cookies", "origins":
			return true
		case "credentials":
			return sameItems(v.Items(), w.Items(), entryID(KindCredential), lossless.Same)
		case "keeper":
			return sameKeys(v, w, func(key string, v, w *lossless.Node) bool {
				return bookkeeping[key] || lossless.Same(v, w)
			})
		}
		return lossless.Same(v, w)
	})
}

// sameItems compares two lists by identity; of several with one identity the
// last counts.
func sameItems[K comparable](a, b []*lossless.Node, id func(*lossless.Node) (K, string), same func(a, b *lossless.Node) bool) bool {
	l := list[K]{id: id}
	x, y := l.read(a, "", side[K]{}), l.read(b, "", side[K]{})
	if len(x.at) != len(y.at) || !maps.Equal(x.badTexts(), y.badTexts()) {
		return false
	}
	for key := range x.at {
		if n := y.get(key); n == nil || !same(x.get(key), n) {
			return false
		}
	}
	return true
}

// sameKeys compares objects member by member; an absent member is nil.
func sameKeys(a, b *lossless.Node, same func(key string, v, w *lossless.Node) bool) bool {
	for key, v := range a.Members() {
		if !same(key, v, b.Get(key)) {
			return false
		}
	}
	for key, w := range b.Members() {
		if a.Get(key) == nil && !same(key, nil, w) {
			return false
		}
	}
	return true
}

func sameOrigins(a, b *lossless.Node) bool {
	return sameKeys(a, b, func(key string, v, w *lossless.Node) bool {
		switch kind := Kind(key); kind {
		case localStorageUnset:
			return true
		case KindLocalStorage, KindSessionStorage, KindIndexedDB:
			v, w = captured(a, kind), captured(b, kind)
			if v.Kind() != lossless.Array || w.Kind() != lossless.Array {
				return lossless.Same(v, w)
			}
			return sameItems(v.Items(), w.Items(), entryID(kind), lossless.Same)
		}
		return lossless.Same(v, w)
	})
}

func equalCookies(a, b *lossless.Node) bool {
	return lossless.Same(a, b) || lossless.Same(normal(a), normal(b))
}

// core are the keys of a cookie that every dialect has, in one form or another.
// What stands under others, another program may not know.
var core = map[string]bool{"sameSite": true, "partitionKey": true}

// sameCookie reports whether the cookie is says nothing that was does not say.
// Both must have an identity. If lax, is comes from Playwright, which says "Lax"
// of a cookie without a rule too: was knows better.
func sameCookie(was, is *lossless.Node, lax bool) bool {
	if lossless.Same(was, is) {
		return true
	}
	was, is = normal(was), normal(is)
	if word, _ := is.Get("sameSite").Str(); lax && word == "Lax" && was.Get("sameSite") == nil {
		is.Delete("sameSite")
	}
	for key, v := range is.Members() {
		if old := was.Get(key); old == nil || !lossless.Same(old, v) {
			return false
		}
	}
	for key := range was.Members() {
		if core[key] && is.Get(key) == nil {
			return false
		}
	}
	return true
}

// normal is the form in which cookies of all dialects are compared.
func normal(c *lossless.Node) *lossless.Node {
	out, _ := convertCookie(c, BrowserUse)
	out.Delete("size")
	out.Delete("session")
	return out
}
