package storagestate

import (
	"iter"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Filter returns s without the items for which keep is false: cookies, entries of
// web storage, databases and passkeys. Origins stay, though nothing may be left in
// them, and so do unknown keys and what has no identity.
func (s *State) Filter(keep func(Item) bool) *State {
	out := *s
	out.root = s.root.Shallow()
	cookies := filter(s.cookies(), keyOf, func(k CookieKey) bool { return keep(Item{Kind: KindCookie, CookieKey: k}) })
	if out.root.Kind() == lossless.Array {
		out.root.SetItems(cookies)
		return &out
	}
	if s.lists("cookies") {
		out.root.Set("cookies", lossless.NewArray(cookies...))
	}
	filterList(out.root, KindCredential, "", keep)
	if !s.lists("origins") {
		return &out
	}
	origins := make([]*lossless.Node, 0, len(s.origins()))
	for _, o := range s.origins() {
		if name := originOf(o); name != "" {
			o = o.Shallow()
			for _, kind := range kinds {
				filterList(o, kind, name, keep)
			}
		}
		origins = append(origins, o)
	}
	out.root.Set("origins", lossless.NewArray(origins...))
	return &out
}

// Items yields what Filter asks about, in the order of the file.
func (s *State) Items() iter.Seq[Item] {
	return func(yield func(Item) bool) {
		on := true
		s.Filter(func(i Item) bool {
			on = on && yield(i)
			return true
		})
	}
}

func filterList(in *lossless.Node, kind Kind, origin string, keep func(Item) bool) {
	list := in.Get(string(kind))
	if list.Kind() != lossless.Array {
		return
	}
	in.Set(string(kind), lossless.NewArray(filter(list.Items(), entryID(kind), func(name string) bool {
		return keep(Item{Kind: kind, Origin: origin, Key: name})
	})...))
}

func filter[K any](nodes []*lossless.Node, id func(*lossless.Node) (K, string), keep func(K) bool) []*lossless.Node {
	out := make([]*lossless.Node, 0, len(nodes))
	for _, n := range nodes {
		if key, why := id(n); why != "" || keep(key) {
			out = append(out, n)
		}
	}
	return out
}
