package storagestate

import (
	"net/url"
	"strings"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// cookie finds what keeps a cookie from being restored. A file is judged by the
// program whose dialect it is in.
func (c *checker) cookie(n *lossless.Node, path string, key CookieKey) {
	item := Item{Kind: KindCookie, CookieKey: key}
	at := func(field string) (*lossless.Node, string) {
		if v := n.Get(field); v != nil {
			return v, lossless.Join(path, field)
		}
		return n, path
	}
	add := func(s Severity, field, msg string) {
		v, where := at(field)
		c.add(s, v, where, item, "%s", msg)
	}
	if expired(n, c.now) {
		add(Warning, "expires", "expired")
	}
	if why := unacceptable(n, key); why != "" {
		add(Error, "value", "the browser will not store it: "+why)
	}
	if _, known := sameSite(n); !known {
		add(Warning, "sameSite", "sameSite is no known word: read as not set")
	} else if !fits(n, c.state.dialect) && strange(n) {
		add(c.refuses(), "sameSite", "sameSite is not spelt Strict, Lax or None")
	}
	c.expires(n, add)
	c.partition(n, add)
}

// strange reports a sameSite that has a meaning, but not the usual spelling.
func strange(n *lossless.Node) bool {
	v := n.Get("sameSite")
	word, _ := v.Str()
	return v != nil && word != "Strict" && word != "Lax" && word != "None"
}

// refuses is an error where the program refuses the whole file for one cookie.
func (c *checker) refuses() Severity {
	if c.state.dialect == Playwright {
		return Error
	}
	return Warning
}

func (c *checker) expires(n *lossless.Node, add func(Severity, string, string)) {
	v := n.Get("expires")
	t, persistent := expiry(n)
	switch {
	case persistent && t > lastSecond:
		add(c.refuses(), "expires", "expires is beyond the year 9999")
	case v == nil || persistent || isNumber(v, -1) || isNumber(v, 0):
	case v.Kind() == lossless.Number:
		add(c.refuses(), "expires", "expires is negative, but not -1: a session cookie")
	default:
		add(Error, "expires", "expires is "+v.Kind().String()+": the browser refuses all cookies")
	}
}

func (c *checker) partition(n *lossless.Node, add func(Severity, string, string)) {
	kind := n.Get("partitionKey").Kind()
	switch {
	case kind == lossless.String && c.state.dialect == BrowserUse:
		add(Error, "partitionKey", "partitionKey is a string, as Playwright writes it: browser-use restores no cookie at all")
	case kind == lossless.Object && c.state.dialect == Playwright:
		add(Error, "partitionKey", "partitionKey is an object, as browser-use writes it: Playwright refuses the file")
	case kind == lossless.Object && n.Get("partitionKey").Get("hasCrossSiteAncestor").Kind() != lossless.Bool && c.state.dialect == BrowserUse:
		add(Error, "partitionKey", "partitionKey lacks hasCrossSiteAncestor: browser-use restores no cookie at all")
	}
}

func (c *checker) origin(n *lossless.Node, path, name string) {
	item := Item{Kind: KindOrigin, Origin: name}
	if c.state.dialect == Playwright && n.Get("localStorage").Kind() != lossless.Array {
		c.add(Error, n, path, item, "it has no list localStorage: Playwright refuses the file")
	}
	u, err := url.Parse(name)
	if err != nil || u.Scheme == "" || u.Host == "" || strings.TrimPrefix(name, u.Scheme+"://"+u.Host) != "" {
		c.add(Warning, n.Get("origin"), lossless.Join(path, "origin"), item, "it is no origin (scheme://host:port): nothing will be restored to it")
	}
}
