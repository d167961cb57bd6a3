package storagestate

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Summary tells what is in a state without a value of it.
type Summary struct {
	Dialect     Dialect         `json:"dialect"`
	Mix         Mix             `json:"mix"`
	Cookies     CookieCounts    `json:"cookies"` // of all domains
	Domains     []DomainSummary `json:"domains"` // sorted
	Origins     []OriginSummary `json:"origins"` // sorted
	Credentials int             `json:"credentials"`
	Invalid     int             `json:"invalid"` // items without an identity
}

// CookieCounts are numbers of cookies.
type CookieCounts struct {
	Total       int `json:"total"`
	Session     int `json:"session"`    // without an expiry
	Persistent  int `json:"persistent"` // with one that is to come
	Expired     int `json:"expired"`
	Partitioned int `json:"partitioned"`
	Bytes       int `json:"bytes"` // of names and values
	// FirstExpiry is when the first persistent cookie ends, in UTC; zero if
	// there is none.
	FirstExpiry time.Time `json:"firstExpiry,omitzero"`
}

// DomainSummary is about a host and, where the cookie says so, its subdomains.
type DomainSummary struct {
	Domain string `json:"domain"` // without a leading dot
	CookieCounts
	// TokenExpiry is the earliest end that a JSON Web Token in a cookie tells
	// of itself, past or to come; zero if there is none.
	TokenExpiry time.Time `json:"tokenExpiry,omitzero"`
}

// Area is an amount of storage.
type Area struct {
	Items int `json:"items"` // entries; records of databases
	Bytes int `json:"bytes"` // of keys and values in UTF-8; of records as JSON
}

// OriginSummary is about what one origin stores.
type OriginSummary struct {
	Origin         string `json:"origin"`
	LocalStorage   Area   `json:"localStorage"`
	SessionStorage Area   `json:"sessionStorage"`
	IndexedDB      Area   `json:"indexedDB"`
	Databases      int    `json:"databases"`
	// TokenExpiry is the earliest end that a JSON Web Token in web storage
	// tells of itself, past or to come; zero if there is none.
	TokenExpiry time.Time `json:"tokenExpiry,omitzero"`
}

// Summarize returns what is in s at now.
func Summarize(s *State, now time.Time) Summary {
	out := Summary{Dialect: s.dialect, Mix: s.Mix(), Credentials: s.root.Get("credentials").Len()}
	domains := map[string]*DomainSummary{}
	for _, c := range s.cookies() {
		key, why := keyOf(c)
		if why != "" {
			out.Invalid++
			continue
		}
		name := strings.TrimPrefix(key.Domain, ".")
		d := domains[name]
		if d == nil {
			d = &DomainSummary{Domain: name}
			domains[name] = d
		}
		d.count(c, key, now)
		value, _ := c.Get("value").Str()
		d.TokenExpiry = earlier(d.TokenExpiry, tokenExpiry(value))
		out.Cookies.count(c, key, now)
	}
	for _, name := range slices.Sorted(maps.Keys(domains)) {
		out.Domains = append(out.Domains, *domains[name])
	}
	for _, o := range s.origins() {
		if name := originOf(o); name != "" {
			out.Origins = append(out.Origins, summarizeOrigin(name, o.Peek()))
		} else {
			out.Invalid++
		}
	}
	slices.SortStableFunc(out.Origins, func(a, b OriginSummary) int { return strings.Compare(a.Origin, b.Origin) })
	return out
}

func (n *CookieCounts) count(c *lossless.Node, key CookieKey, now time.Time) {
	value, _ := c.Get("value").Str()
	n.Total++
	n.Bytes += len(key.Name) + len(value)
	if key.Partition != "" {
		n.Partitioned++
	}
	switch t, persistent := expiry(c); {
	case !persistent:
		n.Session++
	case expired(c, now):
		n.Expired++
	default:
		n.Persistent++
		if end := moment(t); n.FirstExpiry.IsZero() || end.Before(n.FirstExpiry) {
			n.FirstExpiry = end
		}
	}
}

func summarizeOrigin(name string, o *lossless.Node) OriginSummary {
	out := OriginSummary{Origin: name}
	out.LocalStorage = out.entries(o.Get("localStorage"))
	out.SessionStorage = out.entries(o.Get("sessionStorage"))
	databases := o.Get("indexedDB").Items()
	out.Databases = len(databases)
	for _, d := range databases {
		for _, store := range d.Peek().Get("stores").Items() {
			for _, record := range store.Get("records").Items() {
				out.IndexedDB.Items++
				out.IndexedDB.Bytes += len(record.Bytes(lossless.OneLine))
			}
		}
	}
	return out
}

func (o *OriginSummary) entries(list *lossless.Node) (a Area) {
	for _, e := range list.Items() {
		e = e.Peek()
		key, _ := e.Get("name").Str()
		value, _ := e.Get("value").Str()
		a.Items++
		a.Bytes += len(key) + len(value)
		o.TokenExpiry = earlier(o.TokenExpiry, tokenExpiry(value))
	}
	return a
}

// earlier is the earlier of two times, of which the zero time is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
