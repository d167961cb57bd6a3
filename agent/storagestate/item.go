package storagestate

import (
	"fmt"
	"strings"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Kind is what an [Item] is.
type Kind string

// The kinds are also the keys of the file.
const (
	KindCookie         Kind = "cookie"
	KindOrigin         Kind = "origin"
	KindLocalStorage   Kind = "localStorage"
	KindSessionStorage Kind = "sessionStorage"
	KindIndexedDB      Kind = "indexedDB"   // a whole database
	KindCredential     Kind = "credentials" // a passkey
	KindKey            Kind = "key"         // a key at the top, or of an origin, that is none of these
)

// CookieKey is what tells one cookie from another in a browser. Two texts that
// write the same partition as a string and as an object have the same key.
type CookieKey struct {
	Name   string `json:"name,omitempty"`
	Domain string `json:"domain,omitempty"` // with a leading dot if subdomains get it too
	Path   string `json:"path,omitempty"`
	// Partition is the top-level site of a partitioned cookie, or Opaque.
	Partition string `json:"partition,omitempty"`
	// Ancestor: a frame between the cookie's and the top was of another site.
	Ancestor bool `json:"ancestor,omitempty"`
}

// Opaque is the partition of a cookie that no file and no call can name.
const Opaque = "(opaque)"

// Item names one thing in a state. It never holds a value.
type Item struct {
	Kind Kind `json:"kind"`
	CookieKey
	Origin string `json:"origin,omitempty"`
	Key    string `json:"key,omitempty"`   // of web storage; the name of a database; an unknown key
	Index  int    `json:"index,omitempty"` // of an item without an identity: its place in its list, from 1
}

// String names the item to a person.
func (i Item) String() string {
	switch {
	case i.Index > 0:
		return strings.TrimSpace(fmt.Sprintf("%s %s number %d", printable(i.Origin), i.Kind, i.Index))
	case i.Kind == KindCookie:
		s := fmt.Sprintf("cookie %s of %s%s", printable(i.Name), printable(i.Domain), printable(i.Path))
		if i.Partition != "" {
			s += " in " + printable(i.Partition)
		}
		return s
	}
	s := string(i.Kind)
	if i.Key != "" {
		s += " " + printable(i.Key)
	}
	if i.Origin != "" {
		s += " of " + printable(i.Origin)
	}
	return s
}

// printable keeps the terminal from being spoken to by a cookie's name.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7F && r < 0xA0 {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// ID is the item as a JSON array, the same for the same item in every dialect.
// It is the key of an item in "changed" of a file's "keeper".
func (i Item) ID() string {
	parts := lossless.NewArray(lossless.NewString(string(i.Kind)))
	add := func(s string) { parts.SetItems(append(parts.Items(), lossless.NewString(s))) }
	if i.Kind == KindCookie {
		add(i.Domain)
		add(i.Path)
		add(i.Name)
		if i.Partition != "" {
			add(i.Partition)
			parts.SetItems(append(parts.Items(), lossless.NewBool(i.Ancestor)))
		}
	} else {
		add(i.Origin)
		add(i.Key)
	}
	return string(parts.Bytes(lossless.OneLine))
}
