package storagestate

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// CDPCookie is one cookie as Storage.setCookies of the Chrome DevTools Protocol
// takes it.
type CDPCookie struct {
	Key   CookieKey
	Param json.RawMessage // a CookieParam; lone surrogates are still escapes
}

// CDPCookies returns what is to be given to the browser at now, and the cookies
// that are better not given to it: one that it finds invalid makes it refuse the
// whole call, and some it drops in silence. Those are told with the reason,
// expired ones as Dropped, the others as Skipped. Measured against Chromium 156.
func CDPCookies(s *State, now time.Time) (cookies []CDPCookie, refused []Change) {
	for i, c := range s.cookies() {
		key, why := keyOf(c)
		item := Item{Kind: KindCookie, CookieKey: key}
		switch {
		case why != "":
			refused = append(refused, Change{Skipped, Item{Kind: KindCookie, Index: i + 1}, why})
		case expired(c, now):
			refused = append(refused, Change{Dropped, item, ReasonExpired})
		default:
			if why := unacceptable(c, key); why != "" {
				refused = append(refused, Change{Skipped, item, why})
				continue
			}
			cookies = append(cookies, CDPCookie{key, cdpParam(c, key).Bytes(lossless.OneLine)})
		}
	}
	return cookies, refused
}

// cdpParam has the fields that setCookies knows, and no other.
func cdpParam(c *lossless.Node, key CookieKey) *lossless.Node {
	p := lossless.NewObject()
	for _, k := range []string{"name", "value"} {
		p.Set(k, c.Get(k))
	}
	p.Set("domain", lossless.NewString(key.Domain))
	p.Set("path", lossless.NewString(key.Path))
	for _, k := range []string{"secure", "httpOnly"} {
		if b, ok := c.Get(k).Bool(); ok {
			p.Set(k, lossless.NewBool(b))
		}
	}
	if word, _ := sameSite(c); word != "" {
		p.Set("sameSite", lossless.NewString(word))
	}
	if _, ok := expiry(c); ok {
		p.Set("expires", cdpExpires(c))
	}
	if key.Partition != "" {
		partition := lossless.NewObject()
		partition.Set("topLevelSite", lossless.NewString(key.Partition))
		partition.Set("hasCrossSiteAncestor", lossless.NewBool(key.Ancestor))
		p.Set("partitionKey", partition)
	}
	copySource(p, c)
	return p
}

// cdpExpires is the time as it was written, if it is one that fits a double.
func cdpExpires(c *lossless.Node) *lossless.Node {
	if t, _ := expiry(c); t > lastSecond {
		return lossless.NewInt(lastSecond)
	}
	if n := c.Get("expires"); n != nil {
		return n
	}
	return c.Get("expirationDate")
}

// copySource takes over what a raw cookie tells beyond the eight fields, as far
// as the browser will believe it.
func copySource(p, c *lossless.Node) {
	switch word, _ := c.Get("priority").Str(); word {
	case "Low", "Medium", "High":
		p.Set("priority", c.Get("priority"))
	}
	secure, _ := c.Get("secure").Bool()
	switch word, _ := c.Get("sourceScheme").Str(); {
	case word == "Secure", word == "NonSecure" && !secure:
		p.Set("sourceScheme", c.Get("sourceScheme"))
		text, _ := c.Get("sourcePort").Number()
		if port, err := text.Int64(); err == nil && port > 0 && port < 1<<16 {
			p.Set("sourcePort", c.Get("sourcePort"))
		}
	}
}

// unacceptable tells why the browser would not store a cookie; empty if nothing
// speaks against it.
func unacceptable(c *lossless.Node, key CookieKey) string {
	const maxSize, maxPath = 4096, 1024 // bytes
	value, ok := c.Get("value").Str()
	secure, _ := c.Get("secure").Bool()
	word, _ := sameSite(c)
	switch {
	case !ok:
		return "its value is no text"
	case key.Name == "" && value == "":
		return "name and value are both empty"
	case strings.Contains(key.Name, "="), strings.ContainsFunc(key.Name, forbidden):
		return "its name has a character that no cookie may have"
	case strings.ContainsFunc(value, forbidden), strings.Trim(value, " ") != value:
		return "its value has a character that no cookie may have"
	case len(key.Name)+len(value) > maxSize:
		return "name and value are longer than 4096 bytes"
	case len(key.Path) > maxPath || strings.ContainsFunc(key.Path, forbidden):
		return "its path is longer than 1024 bytes, or has a character that no cookie may have"
	case key.Partition == Opaque:
		return "its partition is opaque"
	case key.Partition != "" && !secure:
		return "partitioned without secure"
	case word == "None" && !secure:
		return "sameSite None without secure"
	}
	return brokenPrefix(key, secure)
}

func forbidden(r rune) bool { return r == ';' || r < 0x20 || r == 0x7F }

// brokenPrefix holds the rules that the beginning of a name stands for.
func brokenPrefix(key CookieKey, secure bool) string {
	has := func(prefix string) bool {
		return len(key.Name) >= len(prefix) && strings.EqualFold(key.Name[:len(prefix)], prefix)
	}
	switch {
	case (has("__Secure-") || has("__Host-")) && !secure:
		return "a name that begins so wants secure"
	case has("__Host-") && (strings.HasPrefix(key.Domain, ".") || key.Path != "/"):
		return "a name that begins with __Host- wants one host and the path /"
	}
	return ""
}
