package storagestate

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// Keys of a cookie that are spelt in more than one place.
const (
	ancestorBit   = "_crHasCrossSiteAncestor"
	sameSiteUnset = "sameSiteUnset"
)

// keyOf returns the identity of a cookie, or why it has none.
func keyOf(c *lossless.Node) (k CookieKey, why string) {
	if c.Kind() != lossless.Object {
		return k, "a cookie is an object, not " + c.Kind().String()
	}
	var ok bool
	if k.Name, ok = c.Get("name").Str(); !ok {
		return k, "the cookie has no name"
	}
	if k.Domain, ok = c.Get("domain").Str(); !ok || k.Domain == "" {
		return k, "the cookie has no domain"
	}
	if hostOnly, ok := c.Get("hostOnly").Bool(); ok {
		k.Domain = dotted(k.Domain, !hostOnly)
	}
	if k.Path, ok = c.Get("path").Str(); k.Path == "" {
		if kind := c.Get("path").Kind(); !ok && kind != lossless.Absent && kind != lossless.Null {
			return k, "the path of the cookie is " + kind.String()
		}
		k.Path = "/"
	}
	k.Partition, k.Ancestor, ok = partition(c)
	if !ok {
		return k, "the partitionKey of the cookie makes no sense"
	}
	return k, ""
}

// dotted gives a domain its leading dot, or takes it away. An address has none.
func dotted(domain string, dot bool) string {
	bare := strings.TrimPrefix(domain, ".")
	if _, err := netip.ParseAddr(strings.Trim(bare, "[]")); !dot || err == nil {
		return bare
	}
	return "." + bare
}

// partition reads both spellings of a partition. A missing ancestor bit is true,
// as for Playwright.
func partition(c *lossless.Node) (site string, ancestor, ok bool) {
	if opaque, _ := c.Get("partitionKeyOpaque").Bool(); opaque {
		return Opaque, false, true
	}
	n := c.Get("partitionKey")
	bit := c.Get(ancestorBit)
	switch n.Kind() {
	case lossless.Absent, lossless.Null:
		return "", false, true
	case lossless.Object:
		if n.Len() == 0 {
			return "", false, true
		}
		bit, n = n.Get("hasCrossSiteAncestor"), n.Get("topLevelSite")
	}
	if site, ok = n.Str(); !ok || site == "" {
		return "", false, ok
	}
	ancestor, isBool := bit.Bool()
	return site, ancestor || !isBool, true
}

// expiry returns when a persistent cookie ends, in seconds of Unix time; false
// for a session cookie: everything but a number above 0 makes one.
func expiry(c *lossless.Node) (float64, bool) {
	n := c.Get("expires")
	if n == nil {
		n = c.Get("expirationDate")
	}
	return positive(n)
}

func positive(n *lossless.Node) (float64, bool) {
	text, ok := n.Number()
	if !ok {
		return 0, false
	}
	t, _ := strconv.ParseFloat(string(text), 64) // out of range is infinity, which is late enough
	return t, t > 0
}

// isNumber reports whether n is a number with the value v.
func isNumber(n *lossless.Node, v float64) bool {
	text, ok := n.Number()
	t, err := strconv.ParseFloat(string(text), 64)
	return ok && err == nil && t == v
}

// expired reports whether a cookie was over at now.
func expired(c *lossless.Node, now time.Time) bool {
	t, ok := expiry(c)
	return ok && t <= seconds(now)
}

func seconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1e6 }

// moment is seconds for people. The year 9999 is the last that JSON can tell.
func moment(seconds float64) time.Time {
	const last = 253402300799
	seconds = min(seconds, last)
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(part*1e9)).UTC()
}

// sameSite returns Strict, Lax or None, or nothing for a cookie that does not
// say. known is false for a word that is none.
func sameSite(c *lossless.Node) (word string, known bool) {
	n := c.Get("sameSite")
	text, ok := n.Str()
	if !ok {
		return "", n.Kind() == lossless.Absent || n.Kind() == lossless.Null
	}
	unset, _ := c.Get(sameSiteUnset).Bool()
	switch strings.ToLower(text) {
	case "strict":
		return "Strict", true
	case "lax":
		if unset {
			return "", true
		}
		return "Lax", true
	case "none":
		return "None", true
	case "no_restriction":
		// Extensions say so for every cookie without a rule; without secure
		// the browser would store nothing.
		if secure, _ := c.Get("secure").Bool(); secure {
			return "None", true
		}
		return "", true
	case "", "unspecified":
		return "", true
	}
	return "", false
}
