package storagestate

import (
	"encoding/json"
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
