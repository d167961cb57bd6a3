package pattern

import "github.com/wholly-go/wholly/agent/internal/lossless"

// find returns what stands in a section under domain and name; nil for nothing.
func (f *File) find(section, domain, name string) *lossless.Node {
	return f.root.Get(section).Get(domain).Get(name)
}

// make is find for what is about to be changed; what is not there is made.
func (f *File) make(section, domain, name string) *lossless.Node {
	f.raise()
	return object(object(f.root.Get(section), domain), name)
}

func object(in *lossless.Node, key string) *lossless.Node {
	n := in.Get(key)
	if n == nil {
		n = lossless.NewObject()
		in.Set(key, n)
	}
	return n
}

func (f *File) remove(section, domain, name string) bool {
	if f.find(section, domain, name) == nil {
		return false
	}
	f.raise()
	in := f.root.Get(section)
	in.Get(domain).Delete(name)
	if in.Get(domain).Len() == 0 {
		in.Delete(domain)
	}
	return true
}

// removeAll removes many at the price of a few.
func (f *File) removeAll(section string, all []aged) {
	f.raise()
	gone := make(map[string]map[string]bool)
	for _, a := range all {
		if gone[a.domain] == nil {
			gone[a.domain] = make(map[string]bool)
		}
		gone[a.domain][a.name] = true
	}
	f.root.Get(section).DeleteFunc(func(domain string, byName *lossless.Node) bool {
		names, some := gone[domain]
		if !some {
			return false
		}
		byName.DeleteFunc(func(name string, _ *lossless.Node) bool { return names[name] })
		return byName.Len() == 0
	})
}

// set leaves a value alone that says the same in other words.
func set(n *lossless.Node, key string, v *lossless.Node) {
	if old := n.Get(key); old == nil || !lossless.Same(old.Peek(), v) {
		n.Set(key, v)
	}
}

func setBool(n *lossless.Node, key string, b bool) {
	if old, ok := laxBool(n.Get(key)); !ok || old != b {
		n.Set(key, lossless.NewBool(b))
	}
}

// textOf is null for the empty text.
func textOf(s string) *lossless.Node {
	if s == "" {
		return lossless.NewNull()
	}
	return lossless.NewString(s)
}

func texts(all []string) *lossless.Node {
	var items []*lossless.Node
	for _, s := range all {
		items = append(items, lossless.NewString(s))
	}
	return lossless.NewArray(items...)
}
