package storagestate

import (
	"github.com/wholly-go/wholly/agent/internal/lossless"
)

// localStorageUnset marks an origin whose localStorage is there for Playwright's
// sake only.
const localStorageUnset = "localStorageUnset"

// Convert returns s in another dialect, laid out as that dialect is; to must not
// be Unknown. s stays as it is. What the dialect has no word for is reported as
// Lossy, or as Skipped where an item could not come along at all: the cookie of
// an opaque partition in Playwright's files, everything but cookies in a bare
// list. Items that make no sense are taken over as they are.
func Convert(s *State, to Dialect) (*State, Report) {
	report := Report{Dialect: to}
	var cookies []*lossless.Node
	for i, c := range s.cookies() {
		key, why := keyOf(c)
		if why != "" {
			report.add(Invalid, Item{Kind: KindCookie, Index: i + 1}, why)
			cookies = append(cookies, c)
			continue
		}
		out, losses := convertCookie(c, to)
		if out == nil {
			report.add(Skipped, Item{Kind: KindCookie, CookieKey: key}, losses[0])
			continue
		}
		report.lossy(key, losses)
		report.Unchanged++
		cookies = append(cookies, out)
	}
	out := newState(to)
	if to == BareList {
		out.root.SetItems(cookies)
		s.leaveBehind(&report)
		return out, report
	}
	if s.root.Kind() == lossless.Object {
		out.root = s.root.Shallow()
	}
	out.root.Set("cookies", lossless.NewArray(cookies...))
	out.root.Set("origins", lossless.NewArray(convertOrigins(s.origins(), to, &report)...))
	return out, report
}

// leaveBehind reports what a list of cookies has no place for.
func (s *State) leaveBehind(report *Report) {
	for i, o := range s.origins() {
		item := Item{Kind: KindOrigin, Origin: originOf(o)}
		if item.Origin == "" {
			item.Index = i + 1
		}
		report.add(Skipped, item, "a bare list has no place for it")
	}
	for key := range s.root.Members() {
		if key != "cookies" && key != "origins" {
			report.add(Skipped, Item{Kind: KindKey, Key: key}, "a bare list has no place for it")
		}
	}
}

func convertOrigins(origins []*lossless.Node, to Dialect, report *Report) []*lossless.Node {
	out := make([]*lossless.Node, 0, len(origins))
	for i, o := range origins {
		name := originOf(o)
		if name == "" {
			report.add(Invalid, Item{Kind: KindOrigin, Index: i + 1}, "the origin has no name")
			out = append(out, o)
			continue
		}
		if to == Playwright && o.Get("sessionStorage").Len() > 0 {
			report.add(Lossy, Item{Kind: KindSessionStorage, Origin: name}, "kept, but Playwright does not restore it")
		}
		out = append(out, convertOrigin(o, to))
	}
	return out
}

// convertOrigin adds the localStorage that Playwright wants to see, or takes it
// away again.
func convertOrigin(o *lossless.Node, to Dialect) *lossless.Node {
	local := o.Get("localStorage")
	switch {
	case to == Playwright && (local == nil || local.Kind() == lossless.Null):
		o = o.Shallow()
		if local == nil {
			o.InsertAfter("origin", "localStorage", lossless.NewArray())
		} else {
			o.Set("localStorage", lossless.NewArray())
		}
		o.Set(localStorageUnset, lossless.NewBool(true))
	case to == BrowserUse && o.Get(localStorageUnset) != nil:
		o = o.Shallow()
		if local.Len() == 0 {
			o.Delete("localStorage")
		}
		o.Delete(localStorageUnset)
	}
	return o
}

// originOf returns the name of an origin, empty for an item that has none.
func originOf(o *lossless.Node) string {
	name, _ := o.Get("origin").Str()
	return name
}

// convertCookie returns a cookie, which must have an identity, in another
// dialect, and what that dialect cannot tell; nil, and the reason, if it cannot
// have the cookie at all.
func convertCookie(c *lossless.Node, to Dialect) (out *lossless.Node, losses []string) {
	key, _ := keyOf(c)
	if key.Partition == Opaque && to != BrowserUse {
		return nil, []string{"its partition is opaque: elsewhere it would become an ordinary cookie"}
	}
	out = c.Shallow()
	fromExtension(out)
	losses = commonFields(out, to)
	if to == BrowserUse {
		asBrowserUse(out, key)
		return out, losses
	}
	for field := range c.Get("partitionKey").Members() {
		if field != "topLevelSite" && field != "hasCrossSiteAncestor" {
			losses = append(losses, "its partitionKey had more to it than a string can say")
			break
		}
	}
	asPlaywright(out, key)
	return out, losses
}

// fromExtension turns the fields of cookie-export extensions into the usual
// ones.
func fromExtension(c *lossless.Node) {
	if dialectOf(c) != BareList {
		return
	}
	if hostOnly, ok := c.Get("hostOnly").Bool(); ok {
		domain, _ := c.Get("domain").Str()
		c.Set("domain", lossless.NewString(dotted(domain, !hostOnly)))
	}
	if c.Get("expires") == nil && c.Get("expirationDate") != nil {
		c.InsertAfter("expirationDate", "expires", c.Get("expirationDate"))
	}
	for _, key := range []string{"hostOnly", "expirationDate", "storeId", "session", "id"} {
		c.Delete(key)
	}
}

// lastSecond is that of the year 9999. Playwright refuses later ones.
const lastSecond = 253402300799

// commonFields brings the eight fields that all dialects have into the form that
// none of the programs refuses.
func commonFields(c *lossless.Node, to Dialect) (losses []string) {
	if path, _ := c.Get("path").Str(); path == "" {
		c.InsertAfter("domain", "path", lossless.NewString("/"))
	}
	switch t, ok := expiry(c); {
	case !ok && !isNumber(c.Get("expires"), -1):
		if n := c.Get("expires"); n.Kind() > lossless.Null && !isNumber(n, 0) {
			losses = append(losses, "its expires was no time: a session cookie")
		}
		c.InsertAfter("path", "expires", lossless.NewInt(-1))
	case ok && to != BrowserUse && t > lastSecond:
		c.Set("expires", lossless.NewInt(lastSecond))
		losses = append(losses, "its expires was beyond the year 9999")
	}
	for _, key := range []string{"secure", "httpOnly"} { // so that they come out the other way round
		if _, ok := c.Get(key).Bool(); !ok {
			c.InsertAfter("expires", key, lossless.NewBool(false))
		}
	}
	if _, known := sameSite(c); !known {
		losses = append(losses, "its sameSite was no known word: left out")
	}
	return losses
}

// asBrowserUse gives c the fields of a cookie as the browser tells it.
func asBrowserUse(c *lossless.Node, key CookieKey) {
	value, _ := c.Get("value").Str()
	_, persistent := expiry(c)
	c.InsertAfter("expires", "size", lossless.NewInt(int64(len(key.Name)+len(value))))
	c.InsertAfter("secure", "session", lossless.NewBool(!persistent))
	word, _ := sameSite(c)
	c.Delete(sameSiteUnset)
	if word == "" {
		c.Delete("sameSite")
	} else {
		setText(c, "session", "sameSite", word)
	}
	c.Delete(ancestorBit)
	switch {
	case key.Partition == Opaque:
	case key.Partition == "":
		c.Delete("partitionKey")
	case c.Get("partitionKey").Get("hasCrossSiteAncestor").Kind() != lossless.Bool:
		p := c.Get("partitionKey").Shallow()
		if p.Kind() != lossless.Object {
			p = lossless.NewObject()
			p.Set("topLevelSite", lossless.NewString(key.Partition))
		}
		p.Set("hasCrossSiteAncestor", lossless.NewBool(key.Ancestor))
		c.Set("partitionKey", p)
	}
}

// asPlaywright gives c the fields that Playwright writes. Size and session say
// nothing new and go; others that it ignores stay.
func asPlaywright(c *lossless.Node, key CookieKey) {
	c.Delete("size")
	c.Delete("session")
	word, _ := sameSite(c)
	if word == "" {
		setText(c, "secure", "sameSite", "Lax")
		c.Set(sameSiteUnset, lossless.NewBool(true))
	} else {
		setText(c, "secure", "sameSite", word)
		c.Delete(sameSiteUnset)
	}
	if key.Partition == "" {
		c.Delete("partitionKey")
		c.Delete(ancestorBit)
		return
	}
	if c.Get("partitionKey").Kind() != lossless.String {
		c.Set("partitionKey", lossless.NewString(key.Partition))
	}
	c.InsertAfter(before(c, "partitionKey"), ancestorBit, lossless.NewBool(key.Ancestor))
}

// before returns the key in front of another: Playwright writes the ancestor bit
// there.
func before(c *lossless.Node, key string) (last string) {
	for k := range c.Members() {
		if k == key {
			break
		}
		last = k
	}
	return last
}

// setText leaves the literal alone if it says word already.
func setText(c *lossless.Node, after, key, word string) {
	if text, ok := c.Get(key).Str(); !ok || text != word {
		c.InsertAfter(after, key, lossless.NewString(word))
	}
}

// fits reports whether a cookie may stand in a file of the dialect as it is.
func fits(c *lossless.Node, d Dialect) bool {
	if word, _ := c.Get("sameSite").Str(); word != "Strict" && word != "Lax" && word != "None" && c.Get("sameSite") != nil {
		return false
	}
	t, persistent := expiry(c)
	n := c.Get("expires")
	if n != nil && !persistent && !isNumber(n, -1) || t > lastSecond && d != BrowserUse {
		return false
	}
	switch is := dialectOf(c); {
	case is == Unknown:
		return true
	case d == BrowserUse:
		return is == BrowserUse && c.Get("partitionKey").Kind() != lossless.String
	default:
		return is == Playwright
	}
}
