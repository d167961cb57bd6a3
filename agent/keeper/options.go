package keeper

import "time"

// Options say what is captured, and of which browser. The zero value is safe:
// the default context of a browser on this machine, everything in it.
type Options struct {
	// Context is the id of the browser context; empty is the default one.
	Context string
	// AllowHosts are the hosts, besides those of this machine, that may be
	// attached to, each by the name or address in the endpoint. Whoever is
	// between them and us has the browser.
	AllowHosts []string
	// NoIndexedDB leaves IndexedDB out: the file keeps what it has of it.
	NoIndexedDB bool
	// IndexedDBMax is how many bytes of JSON one origin's databases may have;
	// zero is 20 MB. Beyond it they are not captured, which is reported, and
	// the file keeps the copy that it has.
	IndexedDBMax int64
	// IndexedDBInclude and IndexedDBExclude name origins (https://x.org) or
	// databases (https://x.org/name). Without includes, all are.
	IndexedDBInclude, IndexedDBExclude []string
	// Domains and ExcludeDomains limit cookies and origins alike, each domain
	// with what is below it. Without Domains, all are.
	Domains, ExcludeDomains []string
	// Origins are captured although nothing shows that they were visited.
	Origins []string
	// ProbeCookies takes the host of each cookie for an origin with https.
	ProbeCookies bool
	// CookiePoll is how often cookies are looked at; zero is a second, more
	// when there are many. What a response sets is seen at once; a cookie that
	// a script sets tells nobody.
	CookiePoll time.Duration
}

const (
	tabLimit     = 4 * time.Second // a tab that takes longer is stale
	browserLimit = 4 * time.Second
	resyncEvery  = 30 * time.Second // everything is read again, in case an event was lost
	framesEvery  = 5 * time.Second  // a frame that comes without an event is found
	retryStale   = 5 * time.Second
	setCookieLag = 20 * time.Millisecond // between a response and its cookies in the store

	defaultIndexedDBMax = 20 << 20
	manyCookies         = 300
)

func (o Options) indexedDBMax() int64 {
	if o.IndexedDBMax > 0 {
		return o.IndexedDBMax
	}
	return defaultIndexedDBMax
}

// cookiePoll is the pause between two looks at n cookies. A look at a thousand
// takes some 20 ms of the browser.
func (o Options) cookiePoll(n int) time.Duration {
	switch {
	case o.CookiePoll > 0:
		return o.CookiePoll
	case n > 10*manyCookies:
		return 5 * time.Second
	case n > manyCookies:
		return 2 * time.Second
	}
	return time.Second
}
