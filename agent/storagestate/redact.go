package storagestate

import (
	"slices"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// RedactOptions say what stays.
type RedactOptions struct {
	// Keep are names of cookies and keys of web storage whose values stay.
	Keep []string
	// Placeholder stands for each text; empty is "REDACTED", which is valid
	// base64 too.
	Placeholder string
}

// Redact returns s without its secrets: values of cookies and of storage,
// records of databases, private keys of passkeys, and everything under a key
// that this package does not know. Each text becomes the placeholder, each
// number 0. Names, domains, paths, times, flags and counts stay, so that the
// result is a valid state of the same dialect and layout. Keys of objects and of
// storage stay too: who puts a secret into a name is not helped.
func Redact(s *State, o RedactOptions) *State {
	if o.Placeholder == "" {
		o.Placeholder = "REDACTED"
	}
	r := redactor{o, lossless.NewString(o.Placeholder)}
	out := *s
	out.source, out.warnings = nil, nil
	if s.root.Kind() == lossless.Array {
		out.root = r.each(s.root, r.cookie)
		return &out
	}
	out.root = r.object(s.root, func(key string, v *lossless.Node) *lossless.Node {
		switch key {
		case "cookies":
			return r.each(v, r.cookie)
		case "origins":
			return r.each(v, r.origin)
		case "credentials":
			return r.each(v, r.fields("id", "rpId", "publicKey", "signCount"))
		case "keeper":
			return r.fields("version", "savedAt", "browser", "generation")(v)
		}
		return r.scrub(v)
	})
	return &out
}

type redactor struct {
	RedactOptions
	placeholder *lossless.Node
}

// object returns a copy of n with each value as f has it, and what is no object
// without its content.
func (r redactor) object(n *lossless.Node, f func(key string, v *lossless.Node) *lossless.Node) *lossless.Node {
	if n.Kind() != lossless.Object {
		return r.scrub(n)
	}
	out := n.Peek().Shallow()
	out.Rewrite(func(key string, v *lossless.Node) (string, *lossless.Node) { return key, f(key, v) })
	return out
}

func (r redactor) each(n *lossless.Node, f func(*lossless.Node) *lossless.Node) *lossless.Node {
	if n.Kind() != lossless.Array {
		return r.scrub(n)
	}
	out := n.Peek().Shallow()
	out.Rewrite(func(_ string, v *lossless.Node) (string, *lossless.Node) { return "", f(v) })
	return out
}

// fields keeps the named fields as they are, if they are no containers.
func (r redactor) fields(keep ...string) func(*lossless.Node) *lossless.Node {
	return func(n *lossless.Node) *lossless.Node {
		return r.object(n, func(key string, v *lossless.Node) *lossless.Node {
			if kind := v.Kind(); slices.Contains(keep, key) && kind != lossless.Object && kind != lossless.Array {
				return v
			}
			return r.scrub(v)
		})
	}
}

// scrub keeps the shape and nothing else.
func (r redactor) scrub(n *lossless.Node) *lossless.Node {
	switch n.Kind() {
	case lossless.String:
		return r.placeholder
	case lossless.Number:
		return lossless.NewInt(0)
	case lossless.Object:
		return r.object(n, func(_ string, v *lossless.Node) *lossless.Node { return r.scrub(v) })
	case lossless.Array:
		return r.each(n, r.scrub)
	}
	return n
}

// cookieFields are those that hold no secret.
var cookieFields = []string{
	"name", "domain", "path", "expires", "size", "httpOnly", "secure", "session", "sameSite", "priority",
	"sourceScheme", "sourcePort", "partitionKey", ancestorBit, "partitionKeyOpaque", "sameParty", sameSiteUnset,
	"expirationDate", "hostOnly", "storeId", "id",
}

func (r redactor) cookie(c *lossless.Node) *lossless.Node {
	keep := cookieFields
	if name, ok := c.Get("name").Str(); ok && slices.Contains(r.Keep, name) {
		keep = append(slices.Clip(keep), "value")
	}
	out := r.fields(keep...)(c)
	if p := c.Get("partitionKey"); p.Kind() == lossless.Object {
		out.Set("partitionKey", r.fields("topLevelSite", "hasCrossSiteAncestor")(p))
	}
	return out
}

func (r redactor) origin(o *lossless.Node) *lossless.Node {
	return r.object(o, func(key string, v *lossless.Node) *lossless.Node {
		switch Kind(key) {
		case "origin", localStorageUnset:
			if v.Kind() == lossless.String || v.Kind() == lossless.Bool {
				return v
			}
		case KindLocalStorage, KindSessionStorage:
			return r.each(v, r.entry)
		case KindIndexedDB:
			return r.each(v, r.database)
		case "opfs":
			return r.each(v, r.fields("path", "type"))
		}
		return r.scrub(v)
	})
}

func (r redactor) entry(e *lossless.Node) *lossless.Node {
	if name, ok := e.Get("name").Str(); ok && slices.Contains(r.Keep, name) {
		return r.fields("name", "value")(e)
	}
	return r.fields("name")(e)
}

func (r redactor) database(d *lossless.Node) *lossless.Node {
	return r.object(d, func(key string, v *lossless.Node) *lossless.Node {
		switch key {
		case "name", "version":
			if v.Kind() == lossless.String || v.Kind() == lossless.Number {
				return v
			}
		case "stores":
			return r.each(v, r.store)
		}
		return r.scrub(v)
	})
}

// store keeps the description of an object store; the records, their keys
// included, keep their shape only.
func (r redactor) store(s *lossless.Node) *lossless.Node {
	return r.object(s, func(key string, v *lossless.Node) *lossless.Node {
		switch key {
		case "name", "autoIncrement", "keyPath":
			if kind := v.Kind(); kind != lossless.Object && kind != lossless.Array {
				return v
			}
		case "keyPathArray":
			return texts(v)
		case "indexes":
			return r.each(v, r.index)
		case "records":
			return r.each(v, r.record)
		}
		return r.scrub(v)
	})
}

// index describes an index; nothing in it comes from a record.
func (r redactor) index(n *lossless.Node) *lossless.Node {
	return r.object(n, func(key string, v *lossless.Node) *lossless.Node {
		switch key {
		case "name", "keyPath", "multiEntry", "unique":
			if kind := v.Kind(); kind != lossless.Object && kind != lossless.Array {
				return v
			}
		case "keyPathArray":
			return texts(v)
		}
		return r.scrub(v)
	})
}

// texts is a list of texts that are no secrets; anything else is left out.
func texts(n *lossless.Node) *lossless.Node {
	out := lossless.NewArray()
	for _, item := range n.Items() {
		if item.Kind() == lossless.String {
			out.SetItems(append(out.Items(), item))
		}
	}
	return out
}

// record has its key and value replaced whole: a part of an encoded value would
// not decode.
func (r redactor) record(n *lossless.Node) *lossless.Node {
	return r.object(n, func(_ string, v *lossless.Node) *lossless.Node {
		if v.Kind() == lossless.Null {
			return v
		}
		return r.placeholder
	})
}
